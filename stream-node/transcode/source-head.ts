import { Readable } from 'node:stream';

/** The first bytes of a stream, looked at before the whole of it is handed on. */
export class SourceHead {
  private readonly chunks: Buffer[] = [];
  private readonly iterator: AsyncIterator<Buffer>;
  /** asked for and not yet arrived: a wait that timed out must not lose it */
  private pending: Promise<IteratorResult<Buffer>> | null = null;
  private ended = false;

  constructor(source: Readable) {
    this.iterator = source.iterator({ destroyOnReturn: false });
  }

  bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }

  /** The chunk that came last; empty before the first one. */
  get newest(): Buffer {
    return this.chunks.at(-1) ?? Buffer.alloc(0);
  }

  /** Waits for the next chunk; false when the source ended or `signal` fired before it came. */
  async grow(signal: AbortSignal): Promise<boolean> {
    if (this.ended || signal.aborted) {
      return false;
    }
    if (this.pending === null) {
      this.pending = this.iterator.next();
      // A source that is given up while nobody waits for it is no fault of the process.
      this.pending.catch(() => {});
    }
    const result = await Promise.race([this.pending, aborted(signal)]);
    if (result === 'aborted') {
      return false;
    }
    this.pending = null;
    if (result.done) {
      this.ended = true;
      return false;
    }
    this.chunks.push(result.value);
    return true;
  }

  /** The whole stream from its first byte. The head is not to be used after this. */
  whole(): Readable {
    return Readable.from(this.everything(), { objectMode: false });
  }

  private async *everything(): AsyncGenerator<Buffer> {
    yield* this.chunks;
    this.chunks.length = 0;
    while (!this.ended) {
      const result = await (this.pending ?? this.iterator.next());
      this.pending = null;
      if (result.done) {
        return;
      }
      yield result.value;
    }
  }
}

async function aborted(signal: AbortSignal): Promise<'aborted'> {
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  return 'aborted';
}
