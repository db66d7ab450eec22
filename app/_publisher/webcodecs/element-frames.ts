import { hiddenPageTicks } from './hidden-page-ticks';

/** Frames that wait for the encoder beyond these are left out. */
const waitingMax = 3;
/** the rate at which a page that nobody sees takes frames, in milliseconds */
const hiddenEveryMs = 33;
/** a capture time that is further than this from the present is on another clock, in milliseconds */
const plausibleMs = 1000;

/**
 * The frames of a picture track, for browsers that have no track processor (Firefox, Safari), taken from an element that plays
 * it and that nobody sees. Their timestamps are their capture times, counted from the page's time origin, as near as the
 * browser tells them. A hidden page is told of no frame, so there they are taken by the clock.
 */
export function elementFrames(track: MediaStreamTrack): ReadableStream<VideoFrame> {
  const video = document.createElement('video');
  let stop = () => {};
  return new ReadableStream<VideoFrame>(
    {
      async start(controller) {
        const give = (capturedMs: number) => {
          if ((controller.desiredSize ?? 0) > 0 && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) {
            controller.enqueue(new VideoFrame(video, { timestamp: Math.round(capturedMs * 1000) }));
          }
        };
        let request = 0;
        const watch = () => {
          request = video.requestVideoFrameCallback((nowMs, { captureTime, presentationTime }) => {
            watch();
            const capturedMs = captureTime ?? presentationTime;
            give(Math.abs(nowMs - capturedMs) < plausibleMs ? capturedMs : nowMs);
          });
        };
        const stopTicks = hiddenPageTicks(hiddenEveryMs, () => give(performance.now()));
        const ended = () => {
          stop();
          controller.close();
        };
        track.addEventListener('ended', ended, { once: true });
        stop = () => {
          track.removeEventListener('ended', ended);
          stopTicks();
          video.cancelVideoFrameCallback(request);
          video.srcObject = null;
        };
        video.muted = true;
        video.playsInline = true;
        video.srcObject = new MediaStream([track]);
        watch();
        await video.play();
      },
      cancel: () => stop(),
    },
    new CountQueuingStrategy({ highWaterMark: waitingMax }),
  );
}
