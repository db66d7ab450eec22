import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { VirtualScreen } from '../virtual-screen';
import { asJson, type DrivenBrowser, namingScript } from './driven-browser';

/** the system's own, which its packages are for */
const python = '/usr/bin/python3';
const driver = fileURLToPath(new URL('./webkit-gtk.py', import.meta.url));

type Answer = { id: number; value: string | null } | { id: number; error: string };

/** A page of WebKitGTK on a screen that nobody sees. */
export class WebKitGtk implements DrivenBrowser {
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #lastId = 0;

  private constructor(
    readonly name: string,
    private readonly screen: VirtualScreen,
    private readonly child: ChildProcess,
    private readonly commands: Writable,
    lines: Interface,
    private readonly folder: string,
  ) {
    lines.on('line', (line) => {
      const answer: Answer = JSON.parse(line);
      this.#waiting.get(answer.id)?.(answer);
      this.#waiting.delete(answer.id);
    });
    lines.on('close', () => {
      for (const [id, answered] of this.#waiting) {
        answered({ id, error: 'WebKitGTK ended' });
      }
      this.#waiting.clear();
    });
  }

  /** @param environment what tells it where its speakers are */
  static async start(environment: Record<string, string>): Promise<WebKitGtk> {
    const screen = await VirtualScreen.start();
    const folder = await mkdtemp(join(tmpdir(), 'zyzz-webkit-'));
    let child: ChildProcess | undefined;
    try {
      child = spawn(python, [driver], {
        env: {
          ...process.env,
          ...environment,
          DISPLAY: screen.display,
          XDG_CACHE_HOME: folder,
          XDG_DATA_HOME: folder,
          NO_AT_BRIDGE: '1',
        },
        stdio: ['pipe', 'pipe', 'ignore'],
      });
      const { stdin, stdout } = child;
      if (stdin === null || stdout === null) {
        throw new Error('WebKitGTK was started without its channels');
      }
      const lines = createInterface({ input: stdout });
      const { version } = JSON.parse(await firstLine(lines));
      const webkit = new WebKitGtk(`WebKitGTK ${version}`, screen, child, stdin, lines, folder);
      await webkit.addScript(namingScript);
      return webkit;
    } catch (error) {
      await end(child, screen, folder);
      throw error;
    }
  }

  async open(url: string): Promise<void> {
    await this.#command({ open: url });
  }

  async run<Value>(expression: string): Promise<Value> {
    return JSON.parse((await this.#command({ run: `return ${asJson(expression)}` })) ?? 'null');
  }

  async addScript(source: string): Promise<void> {
    await this.#command({ script: source });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.commands.end();
    await end(this.child, this.screen, this.folder);
  }

  async #command(command: object): Promise<string | null> {
    this.#lastId += 1;
    const id = this.#lastId;
    const answer = await new Promise<Answer>((resolve) => {
      this.#waiting.set(id, resolve);
      this.commands.write(`${JSON.stringify({ id, ...command })}\n`);
    });
    if ('error' in answer) {
      throw new Error(`${this.name}: ${answer.error}`);
    }
    return answer.value;
  }
}

async function firstLine(lines: Interface): Promise<string> {
  return await new Promise((resolve, reject) => {
    lines.once('line', resolve);
    lines.once('close', () => reject(new Error('WebKitGTK ended before it was ready: are its packages installed?')));
  });
}

async function end(child: ChildProcess | undefined, screen: VirtualScreen, folder: string): Promise<void> {
  if (child !== undefined && child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    const impatience = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await exited;
    clearTimeout(impatience);
  }
  screen[Symbol.dispose]();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
