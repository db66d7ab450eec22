/** So often is an encoder started again without having put out anything, within the window. */
const fruitlessMax = 3;
const windowMs = 60_000;

/**
 * How often an encoder that crashed is started again: without bound while each run brings the stream forward, and a few times
 * where none does, for the media itself may be what it dies of.
 */
export class RestartBudget {
  private fruitlessAtMs: number[] = [];

  /** Whether to start again after a run that ended at `nowMs`, and that did or did not publish anything. */
  mayRestart(madeProgress: boolean, nowMs: number): boolean {
    if (madeProgress) {
      this.fruitlessAtMs = [];
      return true;
    }
    this.fruitlessAtMs = [...this.fruitlessAtMs.filter((atMs) => nowMs - atMs < windowMs), nowMs];
    return this.fruitlessAtMs.length <= fruitlessMax;
  }
}
