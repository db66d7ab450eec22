import { SoundClock } from './sound-clock';

const sampleRate = 48_000;
const channels = 2;
/** of 128 samples each: 10.7 ms, about what a track processor gives */
const blocksPerPiece = 4;
/** Eight seconds: a page that was frozen for longer has lost the broadcast's thread anyway. */
const waitingMax = 750;

/**
 * Runs on the audio thread: gathers blocks into pieces, and says when each piece was whole. A graph that has nothing to say
 * gives no channels at all; that is silence, and takes its time as sound does.
 */
const processor = `registerProcessor('sound-tap', class extends AudioWorkletProcessor {
  constructor() {
    super();
    this.begin();
  }
  begin() {
    this.filled = 0;
    this.planes = new Float32Array(${channels * blocksPerPiece * 128});
  }
  process([input]) {
    const pieceLength = this.planes.length / ${channels};
    input.forEach((samples, channel) => this.planes.set(samples, channel * pieceLength + this.filled));
    this.filled += 128;
    if (this.filled === pieceLength) {
      this.port.postMessage({ planes: this.planes, wholeAt: Date.now() }, [this.planes.buffer]);
      this.begin();
    }
    return true;
  }
});`;

type Piece = { planes: Float32Array<ArrayBuffer>; wholeAt: number };

/**
 * The sound of a track, for browsers that have no track processor for sound (Firefox, Safari), tapped from an audio graph of its
 * own. Timestamps are capture times, counted from the page's time origin.
 */
export function tappedSound(track: MediaStreamTrack): ReadableStream<AudioData> {
  const context = new AudioContext({ latencyHint: 'interactive', sampleRate });
  const clock = new SoundClock<Float32Array<ArrayBuffer>>();
  // What nobody holds may be collected, though it sounds.
  let source: MediaStreamAudioSourceNode | null = null;
  const close = () => {
    source?.disconnect();
    // Closing twice rejects, and then there is nothing left to close.
    context.close().catch(() => undefined);
  };
  return new ReadableStream<AudioData>(
    {
      async start(controller) {
        const url = URL.createObjectURL(new Blob([processor], { type: 'text/javascript' }));
        await context.audioWorklet.addModule(url).finally(() => URL.revokeObjectURL(url));
        await context.resume();
        const tap = new AudioWorkletNode(context, 'sound-tap', {
          numberOfOutputs: 0,
          channelCount: channels,
          channelCountMode: 'explicit',
        });
        tap.port.onmessage = ({ data: { planes, wholeAt } }: MessageEvent<Piece>) => {
          if ((controller.desiredSize ?? 0) <= 0) {
            return;
          }
          const numberOfFrames = planes.length / channels;
          // Both clocks of this moment: the audio thread has only the one that can be set.
          const wholeMs = performance.now() - (Date.now() - wholeAt);
          for (const piece of clock.push(planes, (numberOfFrames / sampleRate) * 1000, wholeMs)) {
            controller.enqueue(
              new AudioData({
                format: 'f32-planar',
                sampleRate,
                numberOfFrames,
                numberOfChannels: channels,
                timestamp: Math.round(piece.beganMs * 1000),
                data: piece.sound,
              }),
            );
          }
        };
        source = context.createMediaStreamSource(new MediaStream([track]));
        source.connect(tap);
      },
      cancel: close,
    },
    new CountQueuingStrategy({ highWaterMark: waitingMax }),
  );
}
