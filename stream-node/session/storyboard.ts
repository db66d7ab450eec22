import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { VideoRendition } from '../contract/ladder';
import type { ClosedSegment, InitSection } from '../packager/media-types';
import type { StreamPackager } from '../packager/stream-packager';
import { readStoryboard, type StoryboardSheet, writeStoryboard } from '../store/storyboard-store';
import type { SpriteLayout } from '../transcode/ffmpeg-command';
import type { SpriteMaker } from '../transcode/sprite-maker';

export type StoryboardOptions = {
  packager: StreamPackager;
  /** the one whose keyframes are shown: the smallest */
  rendition: VideoRendition;
  folder: string;
  maker: Pick<SpriteMaker, 'make'>;
  /** begins the names of its sheets; new at each start of the node */
  filePrefix: string;
  /** sheets older than this leave the disk, in seconds; null keeps them for the recording, also after the stream */
  keepSeconds: number | null;
  onFailed: (error: Error) => void;
  intervalSeconds?: number;
};

const defaultIntervalSeconds = 10;
const columns = 5;
const rows = 5;
/** of the longer side of a picture, in pixels */
const tileLongSide = 160;

type OpenSheet = { number: number; init: InitSection; startsMs: number[]; keyframes: Buffer[]; madeCount: number };

/**
 * Small pictures of a stream for the seek bar: the keyframe of a segment every ten seconds, on sheets of 25. The sheet that
 * is being filled is made again with each new picture, so that viewers of a live stream see the last minutes as well.
 */
export class Storyboard implements AsyncDisposable {
  readonly #options: StoryboardOptions;
  readonly #layout: SpriteLayout;
  /** on disk, oldest first */
  #sheets: StoryboardSheet[] | undefined;
  /** still to be made, or made again */
  #open: OpenSheet[] = [];
  #count = 0;
  #nextAtMs = Number.NEGATIVE_INFINITY;
  #working: Promise<void> | undefined;
  readonly #closing = new AbortController();

  constructor(options: StoryboardOptions) {
    this.#options = options;
    this.#layout = { columns, rows, ...tileSize(options.rendition) };
    options.packager.on('segment', this.#onSegment);
  }

  /** Makes no more; a sheet in the making is given up. What nobody keeps is deleted. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#options.packager.off('segment', this.#onSegment);
    this.#closing.abort();
    await this.#working;
    if (this.#options.keepSeconds !== null) {
      await rm(this.#options.folder, { recursive: true, force: true });
    }
  }

  readonly #onSegment = ({ rendition, segment }: ClosedSegment): void => {
    const keyframe = segment.parts[0]?.bytes;
    // The nearest segment, for its time may slew by a millisecond.
    const isDue = segment.programDateTimeMs + segment.durationSeconds * 500 >= this.#nextAtMs;
    if (rendition.id !== this.#options.rendition.id || !isDue || keyframe === undefined) {
      return;
    }
    this.#nextAtMs = segment.programDateTimeMs + this.#intervalSeconds * 1000;
    const sheet = this.#sheetFor(segment.init);
    sheet.startsMs.push(segment.programDateTimeMs);
    sheet.keyframes.push(keyframe);
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
    });
  };

  get #intervalSeconds(): number {
    return this.#options.intervalSeconds ?? defaultIntervalSeconds;
  }

  #sheetFor(init: InitSection): OpenSheet {
    const last = this.#open.at(-1);
    if (last?.init.uri === init.uri && last.startsMs.length < columns * rows) {
      return last;
    }
    const sheet: OpenSheet = { number: this.#count, init, startsMs: [], keyframes: [], madeCount: 0 };
    this.#count += 1;
    this.#open.push(sheet);
    return sheet;
  }

  /** Never rejects: a stream without pictures on its seek bar goes on. */
  async #work(): Promise<void> {
    try {
      for (let sheet = this.#unmade(); sheet !== undefined; sheet = this.#unmade()) {
        await this.#make(sheet);
        // Filled sheets need their keyframes no more.
        this.#open = this.#open.filter((each) => each === this.#open.at(-1) || each.madeCount < each.startsMs.length);
      }
    } catch (error) {
      // What could not be made once is not tried again: it would hold up what follows.
      this.#open = [];
      if (!this.#closing.signal.aborted) {
        this.#options.onFailed(error instanceof Error ? error : new Error(String(error)));
      }
    }
  }

  #unmade(): OpenSheet | undefined {
    return this.#open.find(({ madeCount, startsMs }) => madeCount < startsMs.length);
  }

  async #make(sheet: OpenSheet): Promise<void> {
    const { folder, maker, filePrefix } = this.#options;
    const startsMs = [...sheet.startsMs];
    const file = `storyboard-${filePrefix}-${sheet.number}-${startsMs.length}.jpg`;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const source = { init: sheet.init.bytes, keyframes: [...sheet.keyframes] };
    await maker.make(source, this.#layout, join(folder, file), this.#closing.signal);
    sheet.madeCount = startsMs.length;
    this.#sheets ??= (await readStoryboard(folder))?.sheets ?? [];
    const former = `storyboard-${filePrefix}-${sheet.number}-`;
    const kept = this.#sheets.filter((each) => !each.file.startsWith(former) && !this.#isOld(each, startsMs));
    const gone = this.#sheets.filter((each) => !kept.includes(each));
    const { tileWidth, tileHeight } = this.#layout;
    this.#sheets = [...kept, { file, columns, tileWidth, tileHeight, startsMs }];
    await writeStoryboard(folder, { intervalSeconds: this.#intervalSeconds, sheets: this.#sheets });
    await Promise.all(gone.map((each) => rm(join(folder, each.file), { force: true })));
  }

  #isOld(sheet: StoryboardSheet, newestMs: readonly number[]): boolean {
    const { keepSeconds } = this.#options;
    const newest = newestMs.at(-1) ?? 0;
    return keepSeconds !== null && (sheet.startsMs.at(-1) ?? 0) < newest - keepSeconds * 1000;
  }
}

function tileSize({ width, height }: VideoRendition): { tileWidth: number; tileHeight: number } {
  const scale = tileLongSide / Math.max(width, height);
  const even = (side: number) => Math.max(2, Math.round((side * scale) / 2) * 2);
  return { tileWidth: even(width), tileHeight: even(height) };
}
