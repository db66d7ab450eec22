import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const processFile = fileURLToPath(new URL('./whip-sender-process.ts', import.meta.url));

type News = {
  status?: number;
  location?: string | null;
  etag?: string | null;
  text?: string;
  connection?: string;
  deleted?: number;
};

/** A WebRTC sender of another make than the node's, publishing a beep at the beginning of each second and told seconds. */
export class WhipSender implements AsyncDisposable {
  readonly #news: News[] = [];
  readonly #waiting = new Set<() => void>();

  private constructor(private readonly child: ChildProcess) {
    createInterface({ input: child.stdout ?? process.stdin }).on('line', (line) => {
      this.#news.push(JSON.parse(line));
      for (const wakeUp of this.#waiting) {
        wakeUp();
      }
    });
  }

  static publish(
    url: string,
    streamKey: string,
    options: { hasVideo?: boolean; hasAudio?: boolean; lossShare?: number } = {},
  ): WhipSender {
    const child = spawn(process.execPath, ['--import', 'tsx', processFile], { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.write(
      `${JSON.stringify({ url, streamKey, hasVideo: true, hasAudio: true, lossShare: 0, ...options })}\n`,
    );
    return new WhipSender(child);
  }

  /** What it was answered. */
  async answer(): Promise<News> {
    return await this.#newsWhere(({ status }) => status !== undefined);
  }

  /** Ends its session; the status it was answered. */
  async delete(): Promise<number | undefined> {
    this.child.stdin?.write('delete\n');
    return (await this.#newsWhere(({ deleted }) => deleted !== undefined)).deleted;
  }

  /** Turns the picture and makes it larger, as a telephone that is turned. */
  resize(): void {
    this.child.stdin?.write('resize\n');
  }

  /** As a telephone does whose battery is empty: nothing is said to anybody. */
  async kill(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const gone = once(this.child, 'exit');
      this.child.kill('SIGKILL');
      await gone;
    }
  }

  async #newsWhere(holds: (news: News) => boolean): Promise<News> {
    for (;;) {
      const found = this.#news.find(holds);
      if (found !== undefined) {
        return found;
      }
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}
