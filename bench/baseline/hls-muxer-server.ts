import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { WebSocketServer } from 'ws';
import { publisherPage, viewerPage } from './baseline-pages';
import { Nginx } from './nginx';

/** What the baseline is, in the tables. */
export const baselineName = 'ffmpeg HLS muxer, nginx, stock hls.js';

/**
 * What one would build in an afternoon, as the measure to beat: the same browser recorder into ffmpeg's own HLS muxer
 * (2 s fMP4 segments; 360p at 700 kbit/s with 128k AAC, or 64k mono AAC alone), served by nginx, played by hls.js as it
 * comes.
 */
export class HlsMuxerServer implements AsyncDisposable {
  #ffmpeg: ChildProcess | undefined;

  private constructor(
    private readonly folder: string,
    private readonly server: Server,
    private readonly nginx: Nginx,
  ) {
    // Whatever ends this process, the folder goes too.
    process.on('exit', this.#removeFolder);
  }

  static async start(kind: 'audio' | 'video'): Promise<HlsMuxerServer> {
    const folder = mkdtempSync(join(tmpdir(), 'zyzz-baseline-'));
    const web = join(folder, 'web');
    mkdirSync(web);
    const hlsFile = join(dirname(createRequire(import.meta.url).resolve('hls.js')), 'hls.min.js');
    copyFileSync(hlsFile, join(web, 'hls.min.js'));
    writeFileSync(join(web, 'watch.html'), viewerPage);
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end(publisherPage(kind));
    });
    const baseline = new HlsMuxerServer(folder, server, await Nginx.start(folder));
    new WebSocketServer({ server }).on('connection', (socket) => {
      const ffmpeg = spawn('ffmpeg', ffmpegArguments(kind), { cwd: web, stdio: ['pipe', 'ignore', 'inherit'] });
      baseline.#ffmpeg = ffmpeg;
      // When it ends, the bench finds no playlist and says so.
      ffmpeg.stdin.on('error', () => socket.terminate());
      socket.on('message', (data: Buffer) => ffmpeg.stdin.write(data));
      socket.on('close', () => ffmpeg.stdin.end());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return baseline;
  }

  /** where the publisher's page is and its socket goes */
  get publisherPort(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** where nginx serves the player's page and the media */
  get viewerPort(): number {
    return this.nginx.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    process.off('exit', this.#removeFolder);
    this.#ffmpeg?.kill('SIGKILL');
    await this.nginx[Symbol.asyncDispose]();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    this.#removeFolder();
  }

  readonly #removeFolder = () => rmSync(this.folder, { recursive: true, force: true });
}

const ffmpegArguments = (kind: 'audio' | 'video') => [
  ...['-hide_banner', '-loglevel', 'error', '-f', 'matroska', '-i', 'pipe:0'],
  ...(kind === 'video'
    ? [
        ...['-c:v', 'libx264', '-preset', 'superfast', '-tune', 'zerolatency', '-b:v', '700k', '-r', '30'],
        ...['-g', '60', '-sc_threshold', '0', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-b:a', '128k', '-ar', '48000'],
      ]
    : ['-vn', '-c:a', 'aac', '-b:a', '64k', '-ac', '1', '-ar', '48000']),
  ...['-f', 'hls', '-hls_time', '2', '-hls_list_size', '6', '-hls_segment_type', 'fmp4'],
  ...['-hls_flags', 'delete_segments+independent_segments+program_date_time', 'live.m3u8'],
];
