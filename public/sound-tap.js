// Runs on the audio thread (app/_publisher/webcodecs/tapped-sound.ts): gathers blocks of 128 samples into pieces of 512, two
// channels each, and says when each piece was whole. A graph that has nothing to say gives no channels at all; that is
// silence, and takes its time as sound does. A file of its own, since the page's policy lets no other script in.
const channels = 2;
const pieceLength = 512;

class SoundTap extends AudioWorkletProcessor {
  filled = 0;
  planes = new Float32Array(channels * pieceLength);

  process([input]) {
    for (const [channel, samples] of input.entries()) {
      this.planes.set(samples, channel * pieceLength + this.filled);
    }
    this.filled += 128;
    if (this.filled === pieceLength) {
      this.port.postMessage({ planes: this.planes, wholeAt: Date.now() }, [this.planes.buffer]);
      this.filled = 0;
      this.planes = new Float32Array(channels * pieceLength);
    }
    return true;
  }
}

registerProcessor('sound-tap', SoundTap);
