import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StartRecorder } from '../../app/_publisher/live-session';
import { MatroskaRetimer } from '../../app/_publisher/matroska-retimer';

type Piece = { bytes: Uint8Array; atMs: number };

const pieceBytes = 1024;

/** In place of a browser's recorder: gives the same film from its beginning at each start, at the pace of its own times. */
export class PacedRecorder {
  readonly #pieces: Piece[];

  /** @param seconds how long it lasts; a recorder that is at its end gives nothing more */
  constructor(seconds: number) {
    this.#pieces = cut(makeFilm(seconds));
  }

  readonly start: StartRecorder = async (_stream, handlers) => {
    const startedAtMs = Date.now();
    let next = 0;
    const give = () => {
      const dueMs = Date.now() - startedAtMs;
      for (let piece = this.#pieces[next]; piece !== undefined && piece.atMs <= dueMs; piece = this.#pieces[next]) {
        handlers.chunk({ bytes: piece.bytes, captureTimeMs: startedAtMs + piece.atMs });
        next += 1;
      }
    };
    const timer = setInterval(give, 20);
    return {
      mime: 'video/x-matroska;codecs=vp8,opus',
      container: 'matroska',
      lagMs: () => null,
      stop: async () => {
        give();
        clearInterval(timer);
      },
    };
  };
}

function cut(film: Buffer): Piece[] {
  const reader = new MatroskaRetimer();
  let atMs = 0;
  return Array.from({ length: Math.ceil(film.byteLength / pieceBytes) }, (_, index) => {
    const bytes = new Uint8Array(film.subarray(index * pieceBytes, (index + 1) * pieceBytes));
    atMs = Math.max(atMs, reader.push(bytes).blocks[0]?.timeMs ?? 0);
    return { bytes, atMs };
  });
}

function makeFilm(seconds: number): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'zyzz-film-'));
  const path = join(folder, 'film.mkv');
  const picture = ['-f', 'lavfi', '-i', `testsrc=size=160x90:rate=30:duration=${seconds}`];
  const sound = ['-f', 'lavfi', '-i', `sine=frequency=660:sample_rate=48000:duration=${seconds}`];
  const coding = ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '150k', '-g', '30'];
  try {
    execFileSync('ffmpeg', [
      ...['-loglevel', 'error', ...picture, ...sound, ...coding, '-c:a', 'libopus', '-b:a', '32k'],
      ...['-cluster_time_limit', '200', path],
    ]);
    return readFileSync(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
