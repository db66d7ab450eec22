import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { bundle } from '../../scripts/lib/build.mjs';
import { inCheckout } from '../../scripts/lib/checkout.mjs';
import { streamNodeFlags } from '../../scripts/lib/node-flags.mjs';

const source = 'bench/baseline/bare-part-process.ts';

/** What an answer costs that only Node's own HTTP server makes, in a process of its own, started as a stream node is. */
export class BarePartServer implements AsyncDisposable {
  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
  ) {}

  static async start(partBytes: number): Promise<BarePartServer> {
    await bundle([source], 'dist');
    const file = join(inCheckout('dist'), source.replace(/\.ts$/, '.mjs'));
    const child = fork(file, [String(partBytes)], { execArgv: streamNodeFlags });
    const [{ port }] = await once(child, 'message');
    return new BarePartServer(child, port);
  }

  /** Processor milliseconds of the process so far. */
  async cpuMs(): Promise<number> {
    this.child.send('cpu');
    const [{ cpuMs }] = await once(this.child, 'message');
    return cpuMs;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const gone = once(this.child, 'exit');
    this.child.disconnect();
    await gone;
  }
}
