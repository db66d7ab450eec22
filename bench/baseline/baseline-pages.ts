/** The page that records and sends: the recorder's slices as they come, into a socket. */
export const publisherPage = (
  kind: 'audio' | 'video',
) => `<!doctype html><title>baseline publisher</title><script type="module">
const hasVideo = ${kind === 'video'};
const media = await navigator.mediaDevices.getUserMedia({ video: hasVideo && { width: 640, height: 360 }, audio: true });
const mimeTypes = hasVideo ? ['video/webm;codecs=h264,opus', 'video/webm;codecs=vp8,opus'] : ['audio/webm;codecs=opus'];
const mimeType = mimeTypes.find((type) => MediaRecorder.isTypeSupported(type));
const socket = new WebSocket('ws://' + location.host);
await new Promise((resolve) => { socket.onopen = resolve; });
const recorder = new MediaRecorder(media, {
  mimeType, videoBitsPerSecond: 1_000_000, audioBitsPerSecond: 96_000, videoKeyFrameIntervalDuration: 1000,
});
recorder.ondataavailable = ({ data }) => { if (data.size > 0) socket.send(data); };
recorder.start(60);
document.title = 'on air';
</script>`;

/** The page that plays: hls.js with nothing but its defaults. `?wait` leaves the start to whoever measures it. */
export const viewerPage = `<!doctype html><title>baseline viewer</title>
<video id="video" autoplay playsinline width="640" height="360"></video>
<script src="hls.min.js"></script><script>
function watch() {
  const hls = new Hls();
  hls.loadSource('live.m3u8');
  hls.attachMedia(document.querySelector('video'));
}
if (!location.search.includes('wait')) watch();
</script>`;
