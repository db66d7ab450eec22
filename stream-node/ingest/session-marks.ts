import type { Journal } from './journal';

/**
 * How far a session goes, in its publisher's word, and how far it is recorded, in the node's. Both are notes in its journal:
 * they outlive the process.
 */
export class SessionMarks {
  #lastSequence: number | null = null;
  #recordedUpTo: number | null = null;

  constructor(private readonly journal: Journal) {
    for (const note of journal.recoveredNotes) {
      if (note.type === 'finish') {
        this.#lastSequence = note.lastSequence;
      } else if (note.type === 'recorded') {
        this.#recordedUpTo = note.upToSequence;
      }
    }
  }

  /** The last sequence the publisher named; null while the session is open. */
  get lastSequence(): number | null {
    return this.#lastSequence;
  }

  /** All up to this sequence is in the recording, or nobody wants it there; null: nothing is known of it. */
  get recordedUpTo(): number | null {
    return this.#recordedUpTo;
  }

  /** The publisher named its last sequence, and everything up to it was received. */
  get isComplete(): boolean {
    return this.#lastSequence !== null && this.journal.appendedSequence === this.#lastSequence;
  }

  /** The publisher stopped its recorder; its first word of it counts. */
  finishAt(lastSequence: number): void {
    if (this.#lastSequence === null) {
      this.#lastSequence = lastSequence;
      this.journal.note({ type: 'finish', lastSequence });
    }
  }

  /** All that was received is in the recording, or nobody wants it there. */
  recorded(): void {
    const upToSequence = this.journal.appendedSequence;
    this.#recordedUpTo = upToSequence;
    this.journal.note({ type: 'recorded', upToSequence });
  }
}
