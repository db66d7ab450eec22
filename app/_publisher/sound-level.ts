/** What a meter calls silence, and the lowest value it shows, in dB below full scale. */
export const silenceDb = -60;
/** Zero on the meter's face: speech that lies here is as loud as other programmes, with room for a shout. */
export const zeroOnFaceDb = -14;

export type SoundLevel = {
  /** root mean square, dBFS: what the needle shows */
  rmsDb: number;
  /** the highest sample, dBFS: 0 is clipping */
  peakDb: number;
};

const silent: SoundLevel = { rmsDb: silenceDb, peakDb: silenceDb };

/** The level of a stretch of samples between -1 and 1. */
export function soundLevel(samples: Float32Array): SoundLevel {
  let squares = 0;
  let peak = 0;
  for (const sample of samples) {
    squares += sample * sample;
    peak = Math.max(peak, Math.abs(sample));
  }
  const rms = samples.length === 0 ? 0 : Math.sqrt(squares / samples.length);
  return { rmsDb: decibels(rms), peakDb: decibels(peak) };
}

function decibels(amplitude: number): number {
  return amplitude <= 0 ? silenceDb : Math.max(silenceDb, 20 * Math.log10(amplitude));
}

const fallMs = 300;
const fallRangeDb = 20;
const holdMs = 2000;
/** what counts as "no sound": a live microphone in a quiet room lies above it */
const noSoundDb = -55;
const noSoundMs = 5000;

export type LevelWord = 'No sound' | 'Too quiet' | 'Good level' | 'Too loud';

/** What a meter shows of the levels it is given: rises at once, falls in 300 ms, holds the peak for two seconds. */
export class LevelMeter {
  #shown = silent;
  #atMs: number | null = null;
  #soundAtMs: number | null = null;
  #highestDb = silenceDb;
  #highestAtMs = Number.NEGATIVE_INFINITY;

  add(level: SoundLevel, nowMs: number): void {
    const passedMs = this.#atMs === null ? 0 : Math.max(0, nowMs - this.#atMs);
    const fallDb = (passedMs / fallMs) * fallRangeDb;
    this.#atMs = nowMs;
    this.#shown = {
      rmsDb: Math.max(level.rmsDb, this.#shown.rmsDb - fallDb),
      peakDb: Math.max(level.peakDb, this.#shown.peakDb - fallDb),
    };
    if (level.peakDb >= this.#highestDb || nowMs - this.#highestAtMs > holdMs) {
      this.#highestDb = level.peakDb;
      this.#highestAtMs = nowMs;
    }
    if (this.#soundAtMs === null || level.peakDb > noSoundDb) {
      this.#soundAtMs = nowMs;
    }
  }

  /** dBFS, between {@link silenceDb} and 0 */
  get shown(): SoundLevel {
    return this.#shown;
  }

  get heldPeakDb(): number {
    return this.#highestDb;
  }

  word(): LevelWord {
    if (this.#atMs !== null && this.#soundAtMs !== null && this.#atMs - this.#soundAtMs >= noSoundMs) {
      return 'No sound';
    }
    if (this.#highestDb > -1) {
      return 'Too loud';
    }
    return this.#highestDb < -30 ? 'Too quiet' : 'Good level';
  }
}

const faceMarks = [-20, -10, -7, -5, -3, -1, 0, 1, 2, 3] as const;
/** angles of the marks from upright, in degrees, as they are drawn on the face */
const faceAngles = [-44, -27, -18, -10, 0, 11, 18, 25, 33, 42] as const;
const restAngle = -50;

/** Where the needle stands for a level, in degrees from upright. */
export function needleAngle(rmsDb: number): number {
  const onFace = rmsDb - zeroOnFaceDb;
  const above = faceMarks.findIndex((mark) => mark >= onFace);
  if (above === -1) {
    return 46;
  }
  if (above === 0) {
    const share = Math.max(0, (rmsDb - silenceDb) / (faceMarks[0] + zeroOnFaceDb - silenceDb));
    return restAngle + share * (faceAngles[0] - restAngle);
  }
  const [low, high] = [faceMarks[above - 1] ?? 0, faceMarks[above] ?? 0];
  const [from, to] = [faceAngles[above - 1] ?? 0, faceAngles[above] ?? 0];
  return from + ((onFace - low) / (high - low)) * (to - from);
}

/** The marks of the face with their angles, for drawing it. */
export const meterMarks = faceMarks.map((mark, index) => ({ mark, angle: faceAngles[index] ?? 0 }));
