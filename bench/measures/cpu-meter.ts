import { cpus } from 'node:os';

type CpuTimes = { busyMs: number; idleMs: number };

/** How busy the whole machine is: a figure of latency says little without it. */
export class CpuMeter {
  #since = readTimes();

  /** Cores that were busy since the start, or since the last call; of `cpus().length`. */
  busyCores(): number {
    const now = readTimes();
    const busyMs = now.busyMs - this.#since.busyMs;
    const allMs = busyMs + now.idleMs - this.#since.idleMs;
    this.#since = now;
    return allMs > 0 ? (busyMs / allMs) * cpus().length : 0;
  }
}

/** `1.20 of 2 cores busy` */
export function busyWords(busyCores: number): string {
  return `${busyCores.toFixed(2)} of ${cpus().length} cores busy`;
}

function readTimes(): CpuTimes {
  const times = cpus().map((cpu) => cpu.times);
  return {
    busyMs: times.reduce((sum, { user, nice, sys, irq }) => sum + user + nice + sys + irq, 0),
    idleMs: times.reduce((sum, { idle }) => sum + idle, 0),
  };
}
