import { readFileSync } from 'node:fs';

/** The unit of processor time in `/proc`: `USER_HZ`, which is 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;
/** So much time the processor's load is told over at least. */
const windowMs = 2000;

/** Processor time that a process has used, in seconds; `undefined` where that cannot be told. */
function processorSeconds(processId: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${processId}/stat`, 'utf8');
    // proc(5): the name in brackets may hold anything, blanks too; user and system time are fields 14 and 15.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const seconds = (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
    return Number.isFinite(seconds) ? seconds : undefined;
  } catch {
    // Not Linux, or the process is gone.
    return undefined;
  }
}

/** What is measured of a stream for whoever ordered it: how long it is here, how long media arrived, what its encoder costs. */
export class StreamFigures {
  #activeMs = 0;
  #last: { atMs: number; bytesIn: number } | undefined;
  #processor: { processId: number; atMs: number; seconds: number } | undefined;
  #cpuPercent = 0;

  constructor(private readonly beganAtMs: number) {}

  /** Reads the figures now; called about once a second. */
  read(nowMs: number, bytesIn: number, encoderProcessId: number | undefined) {
    if (this.#last !== undefined && bytesIn > this.#last.bytesIn) {
      this.#activeMs += nowMs - this.#last.atMs;
    }
    this.#last = { atMs: nowMs, bytesIn };
    this.#readProcessor(nowMs, encoderProcessId);
    return {
      upSeconds: Math.max(0, nowMs - this.beganAtMs) / 1000,
      activeSeconds: Math.max(0, this.#activeMs) / 1000,
      encoderCpuPercent: this.#cpuPercent,
    };
  }

  #readProcessor(nowMs: number, processId: number | undefined): void {
    const seconds = processId === undefined ? undefined : processorSeconds(processId);
    if (processId === undefined || seconds === undefined) {
      this.#processor = undefined;
      this.#cpuPercent = 0;
      return;
    }
    const before = this.#processor;
    if (before?.processId !== processId) {
      this.#processor = { processId, atMs: nowMs, seconds };
    } else if (nowMs - before.atMs >= windowMs) {
      this.#cpuPercent = Math.max(0, ((seconds - before.seconds) / (nowMs - before.atMs)) * 100_000);
      this.#processor = { processId, atMs: nowMs, seconds };
    }
  }
}
