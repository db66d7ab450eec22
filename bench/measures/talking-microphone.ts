import type { BrowserContext } from '@playwright/test';

/**
 * In every page opened from now on, the microphone is somebody who talks before a crowd: noise through the throat's
 * resonances, four syllables a second. An encoder spends its whole bitrate on it, as it would on a match; a tone or silence
 * would cost next to nothing.
 */
export async function installTalkingMicrophone(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = async () => {
      const audio = new AudioContext({ sampleRate: 48_000 });
      const output = audio.createMediaStreamDestination();
      const noise = new AudioBufferSourceNode(audio, { buffer: audio.createBuffer(1, 48_000 * 7, 48_000), loop: true });
      const samples = noise.buffer?.getChannelData(0) ?? new Float32Array();
      for (const index of samples.keys()) {
        samples[index] = Math.random() * 2 - 1;
      }
      const syllables = new GainNode(audio, { gain: 0.5 });
      const envelope = new OscillatorNode(audio, { frequency: 4 });
      envelope.connect(new GainNode(audio, { gain: 0.4 })).connect(syllables.gain);
      for (const frequency of [500, 1500, 2500, 5000]) {
        noise.connect(new BiquadFilterNode(audio, { type: 'bandpass', frequency, Q: 3 })).connect(syllables);
      }
      const crowd = new GainNode(audio, { gain: 0.05 });
      noise.connect(crowd).connect(output);
      syllables.connect(output);
      noise.start();
      envelope.start();
      await audio.resume();
      return output.stream;
    };
  });
}
