import { execFileSync } from 'node:child_process';
import { arch, cpus, loadavg, platform, totalmem } from 'node:os';

/** The machine and the programs that a figure depends on. */
export function describeMachine(chromiumVersion: string): string {
  const ffmpeg = execFileSync(process.env.FFMPEG_PATH ?? 'ffmpeg', ['-version'], { encoding: 'utf8' });
  const gibibytes = Math.round(totalmem() / 2 ** 30);
  return [
    `${platform()} ${arch()}`,
    `${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'})`,
    `${gibibytes} GiB`,
    `Node ${process.versions.node}`,
    `ffmpeg ${/^ffmpeg version (\S+)/.exec(ffmpeg)?.[1] ?? 'unknown'}`,
    `Chromium ${chromiumVersion}`,
  ].join(', ');
}

/** Processes that wanted to run in the minute before, on average: above the number of cores, figures of time mean little. */
export function loadWords(): string {
  return `load average of the minute before: ${(loadavg()[0] ?? 0).toFixed(1)} on ${cpus().length} cores`;
}
