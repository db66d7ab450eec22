import { type PieceCall, pieceCallPath } from '../contract/piece-uploads';
import type { TestWeb } from './test-web';

export type PieceReply = { status: number; success: boolean; message: string };

/** A broadcaster that uploads files to a node, with a grant of a test's web. */
export class PieceBroadcaster {
  private constructor(
    /** of the node */
    readonly url: string,
    readonly streamId: string,
    private readonly grant: string,
  ) {}

  static async of(web: TestWeb, nodeUrl: string, streamId: string): Promise<PieceBroadcaster> {
    await web.want({ streamId });
    return new PieceBroadcaster(nodeUrl, streamId, await web.grant(streamId, 'publish'));
  }

  async upload(sequence: number | string, bytes: Buffer): Promise<PieceReply> {
    const form = new FormData();
    form.set('sequence', String(sequence));
    form.set('video_chunk', new Blob([new Uint8Array(bytes)]), 'chunk.mp4');
    return await this.call('upload', form);
  }

  async stop(): Promise<PieceReply> {
    return await this.call('stop');
  }

  async call(call: PieceCall, body?: FormData): Promise<PieceReply> {
    const response = await fetch(this.url + pieceCallPath(this.streamId, call), {
      method: 'POST',
      headers: { authorization: `Bearer ${this.grant}` },
      ...(body && { body }),
    });
    return { status: response.status, ...(await response.json()) };
  }

  /** A file below the stream's path; empty where there is none. */
  async read(file: string): Promise<string> {
    const response = await fetch(`${this.url}/stream/${this.streamId}/${file}`);
    const text = await response.text();
    return response.ok ? text : '';
  }

  /** The sequences that a playlist lists, with `|` in the place of a discontinuity. */
  async listed(file: 'live.m3u8' | 'video.m3u8'): Promise<string> {
    const lines = (await this.read(file)).split('\n');
    const words = lines.map((line) => (line === '#EXT-X-DISCONTINUITY' ? '|' : /pieces\/(\d+)\.ts$/.exec(line)?.[1]));
    return words.filter((word) => word !== undefined).join(' ');
  }
}
