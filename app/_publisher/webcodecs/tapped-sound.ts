import { SoundClock } from './sound-clock';

const sampleRate = 48_000;
/** as many as the processor gathers */
const channels = 2;
/** Eight seconds: a page that was frozen for longer has lost the broadcast's thread anyway. */
const waitingMax = 750;

/** What the processor (public/sound-tap.js) says of a piece: one plane after the other, and the time of day when it was whole. */
type Piece = { planes: Float32Array<ArrayBuffer>; wholeAt: number };

/**
 * The sound of a track, for browsers that have no track processor for sound (Firefox, Safari), tapped from an audio graph of its
 * own. Timestamps are capture times, counted from the page's time origin. Rejects where the browser lets no tap in.
 */
export async function tappedSound(track: MediaStreamTrack): Promise<ReadableStream<AudioData>> {
  const context = new AudioContext({ latencyHint: 'interactive', sampleRate });
  try {
    await context.audioWorklet.addModule('/sound-tap.js');
    return piecesOf(context, track);
  } catch (error) {
    close(context);
    throw error;
  }
}

function piecesOf(context: AudioContext, track: MediaStreamTrack): ReadableStream<AudioData> {
  const clock = new SoundClock<Float32Array<ArrayBuffer>>();
  const tap = new AudioWorkletNode(context, 'sound-tap', {
    numberOfOutputs: 0,
    channelCount: channels,
    channelCountMode: 'explicit',
  });
  // What nobody holds may be collected, though it sounds.
  const source = context.createMediaStreamSource(new MediaStream([track]));
  source.connect(tap);
  // A page's audio runs while it captures, and else from the press that this follows.
  void context.resume();
  return new ReadableStream<AudioData>(
    {
      start(controller) {
        tap.port.onmessage = ({ data: { planes, wholeAt } }: MessageEvent<Piece>) => {
          if ((controller.desiredSize ?? 0) <= 0) {
            return;
          }
          const numberOfFrames = planes.length / channels;
          // Both clocks of this moment: the audio thread has only the one that can be set.
          const wholeMs = performance.now() - (Date.now() - wholeAt);
          for (const { sound, beganMs } of clock.push(planes, (numberOfFrames / sampleRate) * 1000, wholeMs)) {
            const timestamp = Math.round(beganMs * 1000);
            controller.enqueue(
              new AudioData({
                format: 'f32-planar',
                sampleRate,
                numberOfFrames,
                numberOfChannels: channels,
                timestamp,
                data: sound,
              }),
            );
          }
        };
      },
      cancel: () => {
        source.disconnect();
        close(context);
      },
    },
    new CountQueuingStrategy({ highWaterMark: waitingMax }),
  );
}

function close(context: AudioContext): void {
  // Closing twice rejects, and then there is nothing left to close.
  context.close().catch(() => undefined);
}
