import type { Readable } from 'node:stream';
import type { Rendition } from '../contract/ladder';
import { FragmentReader } from '../isobmff/fragment-reader';
import type { StreamPackager } from '../packager/stream-packager';
import { type TranscodeEnd, Transcoder, type TranscoderOptions } from '../transcode/transcoder';

/** One ffmpeg from its start to its end, and everything it puts out on its way into the packager. */
export class EncoderRun implements AsyncDisposable {
  /** everything that ffmpeg put out is published; never rejects */
  readonly ended: Promise<TranscodeEnd>;

  private constructor(
    private readonly transcoder: Transcoder,
    private readonly input: Readable,
    packager: StreamPackager,
    onMedia: () => void,
  ) {
    this.ended = this.follow(packager, onMedia);
  }

  /** @throws Error when ffmpeg's sockets cannot be made */
  static async start(
    options: TranscoderOptions & { packager: StreamPackager; onMedia: () => void },
  ): Promise<EncoderRun> {
    return new EncoderRun(await Transcoder.start(options), options.bytes, options.packager, options.onMedia);
  }

  get processId(): number | undefined {
    return this.transcoder.processId;
  }

  /** Ends ffmpeg at once, whatever it was doing. */
  async close(): Promise<void> {
    await this.transcoder.close();
    await this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  private async follow(packager: StreamPackager, onMedia: () => void): Promise<TranscodeEnd> {
    let fault: TranscodeEnd | undefined;
    const giveUp = (error: unknown) => {
      fault ??= { reason: 'failed', message: error instanceof Error ? error.message : String(error) };
      return this.transcoder.close();
    };
    await Promise.all(
      this.transcoder.outputs.map((output) => publish(output, packager, onMedia).catch((error) => giveUp(error))),
    );
    const end = await this.transcoder.ended;
    if (fault === undefined && end.reason === 'finished' && !this.input.readableEnded) {
      return { reason: 'failed', message: 'ffmpeg stopped reading before the source ended' };
    }
    return fault ?? end;
  }
}

async function publish(
  output: { readonly rendition: Rendition; readonly stream: Readable },
  packager: StreamPackager,
  onMedia: () => void,
): Promise<void> {
  const reader = new FragmentReader();
  for await (const slice of output.stream) {
    for (const found of reader.push(slice)) {
      if (found.kind === 'init') {
        packager.pushInit(output.rendition.id, found);
      } else {
        packager.pushFragment(output.rendition.id, found);
        onMedia();
      }
    }
  }
}
