import { MatroskaClock } from '../ingest/matroska-clock';
import {
  type Hole,
  holesIn,
  makeCountedMedia,
  readLadder,
  readPictureNumbers,
  readSamples,
  toneSpan,
} from './counted-media';
import { fetchRuns, type RecordedRun } from './recorded-runs';
import type { TestPublisher } from './test-publisher';

const chunkBytes = 2048;
/** Of a recording's sound the first and last 50 ms: there is the encoder's run-in, and what fills up its last frame. */
const edgeSamples = 2400;

/** Counted media in the chunks that a publisher page sends, each with its capture time. */
export class CountedBroadcast {
  private constructor(
    readonly seconds: number,
    private readonly startedAtMs: number,
    private readonly chunks: readonly { containerMs: number; bytes: Buffer }[],
  ) {}

  /** @param startedAtMs when the recorder was started, unix milliseconds */
  static async make(seconds: number, startedAtMs = Date.now() - seconds * 1000): Promise<CountedBroadcast> {
    const media = await makeCountedMedia(seconds);
    const clock = new MatroskaClock();
    const chunks = Array.from({ length: Math.ceil(media.byteLength / chunkBytes) }, (_, at) => {
      const bytes = media.subarray(at * chunkBytes, (at + 1) * chunkBytes);
      return { containerMs: clock.feed(bytes).firstMs ?? 0, bytes };
    });
    return new CountedBroadcast(seconds, startedAtMs, chunks);
  }

  /** The same media, by a recorder that was started at another time, unix milliseconds. */
  startedAt(startedAtMs: number): CountedBroadcast {
    return new CountedBroadcast(this.seconds, startedAtMs, this.chunks);
  }

  /** The sequence after the last one that is captured by now. */
  captured(): number {
    const containerMs = Date.now() - this.startedAtMs;
    const due = this.chunks.findIndex((chunk) => chunk.containerMs > containerMs);
    return due < 0 ? this.chunks.length : due;
  }

  get lastSequence(): number {
    return this.chunks.length - 1;
  }

  /** The sequence at this share of the whole. */
  at(share: number): number {
    return Math.floor(share * this.chunks.length);
  }

  /** Sends the chunks from one sequence up to, and without, another. */
  send(publisher: Pick<TestPublisher, 'chunk'>, from: number, to = this.chunks.length): void {
    for (let sequence = from; sequence < to; sequence += 1) {
      const { containerMs, bytes } = this.chunks[sequence] ?? { containerMs: 0, bytes: Buffer.alloc(0) };
      publisher.chunk(sequence, this.startedAtMs + containerMs, bytes);
    }
  }
}

export type RecordedCount = {
  readonly pictures: readonly RecordedRun[];
  readonly sounds: readonly RecordedRun[];
  /** the numbers in the pictures, in the order of the playlist */
  readonly numbers: readonly number[];
  readonly soundSeconds: number;
  /** from the first to the last moment at which the tone is heard, in seconds */
  readonly tone: { readonly fromSeconds: number; readonly untilSeconds: number };
  /** the stretches without the tone, but for the first and last 50 ms */
  readonly holes: readonly Hole[];
  /** the longest of them, in milliseconds */
  readonly longestHoleMs: number;
  /** the steps of the tone ladder */
  readonly ladder: readonly number[];
  /** how far the takes lie from the end of the ones before them, in milliseconds */
  readonly seamsMs: readonly number[];
  /** in words, what each take shows: to tell where something was lost */
  readonly told: string;
};

/**
 * Everything that a recording (or `dvr.m3u8`) shows of counted media.
 *
 * @param url of the stream at its node
 * @param rung whose picture is read
 */
export async function readRecordedCount(url: string, file = 'recording.m3u8', rung = '90p'): Promise<RecordedCount> {
  const pictures = await fetchRuns(`${url}/${rung}/${file}`);
  const sounds = await fetchRuns(`${url}/audio64/${file}`);
  const numbers = await Promise.all(pictures.map(({ mp4 }) => readPictureNumbers(mp4)));
  const samples = await Promise.all(sounds.map(({ mp4 }) => readSamples(mp4)));
  const joined = Float32Array.from(samples.flatMap((each) => [...each]));
  const holes = holesIn(joined.subarray(edgeSamples, -edgeSamples)).map(({ atSeconds, ms }) => ({
    ...{ ms, atSeconds: atSeconds + edgeSamples / 48_000 },
  }));
  return {
    pictures,
    sounds,
    numbers: numbers.flat(),
    soundSeconds: joined.length / 48_000,
    tone: toneSpan(joined) ?? { fromSeconds: Number.NaN, untilSeconds: Number.NaN },
    holes,
    longestHoleMs: Math.max(0, ...holes.map(({ ms }) => ms)),
    ladder: readLadder(joined.subarray(4800)),
    seamsMs: [pictures, sounds].flatMap((runs) =>
      runs.slice(1).map(({ startMs }, index) => startMs - (runs[index]?.endMs ?? Number.NaN)),
    ),
    told: [...pictures.map(tellRun(numbers)), ...sounds.map(tellRun(samples.map(readLadder)))].join('\n'),
  };
}

/** What a run shows, of what is counted. */
function tellRun(counted: readonly (readonly number[])[]) {
  return ({ startMs, endMs }: RecordedRun, index: number) => {
    const shown = counted[index] ?? [];
    const date = (ms: number) => (Number.isNaN(ms) ? 'nowhere' : new Date(ms).toISOString().slice(14, 23));
    return `${date(startMs)} to ${date(endMs)}: ${shown.length} from ${shown[0]} to ${shown.at(-1)}`;
  };
}

/** 0, 1, 2 … : what nothing is missing of. */
export function countTo(end: number): number[] {
  return Array.from({ length: end }, (_, number) => number);
}

/** Seconds of media that a live media playlist shows now. */
export async function publishedSeconds(playlistUrl: string): Promise<number> {
  const response = await fetch(playlistUrl).catch(() => undefined);
  const listed = response?.ok ? await response.text() : '';
  const sum = (text: string, pattern: RegExp) =>
    [...text.matchAll(pattern)].reduce((total, [, value]) => total + Number(value), 0);
  const open = listed.slice(Math.max(0, listed.lastIndexOf('#EXTINF')));
  return sum(listed, /#EXTINF:([\d.]+)/g) + sum(open, /#EXT-X-PART:DURATION=([\d.]+)/g);
}
