/** A fifth of a second: an audio thread makes several pieces at once, of which only the last is whole just when it says so. */
const piecesCompared = 20;

export type TimedSound<Sound> = {
  sound: Sound;
  /** when its first sample was made */
  beganMs: number;
};

/**
 * Tells when pieces of a sound began, by when each was whole. A piece can say so late and never early, so the first ones are
 * held until it is seen which was the least late; from then on each says for itself.
 */
export class SoundClock<Sound> {
  #held: { sound: Sound; durationMs: number; wholeMs: number }[] | null = [];

  /** What can be timed by now. */
  push(sound: Sound, durationMs: number, wholeMs: number): TimedSound<Sound>[] {
    if (this.#held === null) {
      return [{ sound, beganMs: wholeMs - durationMs }];
    }
    this.#held.push({ sound, durationMs, wholeMs });
    return this.#held.length < piecesCompared ? [] : this.#release(this.#held);
  }

  #release(held: readonly { sound: Sound; durationMs: number; wholeMs: number }[]): TimedSound<Sound>[] {
    this.#held = null;
    let countedMs = 0;
    const counted = held.map((piece) => {
      const beginsMs = countedMs;
      countedMs += piece.durationMs;
      return { ...piece, beginsMs };
    });
    const zeroMs = Math.min(...counted.map(({ wholeMs, beginsMs, durationMs }) => wholeMs - (beginsMs + durationMs)));
    return counted.map(({ sound, beginsMs }) => ({ sound, beganMs: zeroMs + beginsMs }));
  }
}
