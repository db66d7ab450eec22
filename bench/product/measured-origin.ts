import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { bundle } from '../../scripts/lib/build.mjs';
import { inCheckout } from '../../scripts/lib/checkout.mjs';
import { streamNodeFlags } from '../../scripts/lib/node-flags.mjs';
import type { LatencyProfile } from '../../stream-node/contract/profiles';

const source = 'bench/product/origin-process.ts';

export type OriginOfParts = { profile: LatencyProfile; videoPartBytes: number; audioPartBytes: number };

/** An origin in a process of its own, bundled as the product is: run from its sources it would cost more. */
export class MeasuredOrigin implements AsyncDisposable {
  private constructor(
    private readonly child: ChildProcess,
    readonly address: { port: number; streamId: string },
  ) {}

  static async start({ profile, videoPartBytes, audioPartBytes }: OriginOfParts): Promise<MeasuredOrigin> {
    await bundle([source], 'dist');
    const args = [profile, String(videoPartBytes), String(audioPartBytes)];
    const child = fork(join(inCheckout('dist'), source.replace(/\.ts$/, '.mjs')), args, { execArgv: streamNodeFlags });
    const [address] = await once(child, 'message');
    return new MeasuredOrigin(child, address);
  }

  /** Processor milliseconds of the process so far. @throws Error when the origin failed at something */
  async cpuMs(): Promise<number> {
    this.child.send('cpu');
    const [{ cpuMs, errors }] = await once(this.child, 'message');
    if (errors > 0) {
      throw new Error(`the origin failed at ${errors} requests`);
    }
    return cpuMs;
  }

  /** The newest part of the picture, as a path. */
  async newestPart(): Promise<string> {
    const { port, streamId } = this.address;
    const folder = `/stream/${streamId}/360p`;
    const playlist = await (await fetch(`http://127.0.0.1:${port}${folder}/media.m3u8`)).text();
    const newest = /.*#EXT-X-PART:[^\n]*URI="([^"]+)"/s.exec(playlist)?.[1];
    return `${folder}/${newest}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const gone = once(this.child, 'exit');
    this.child.disconnect();
    await gone;
  }
}
