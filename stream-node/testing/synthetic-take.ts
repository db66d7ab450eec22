import { commentaryAudio, type Rendition } from '../contract/ladder';
import type { TakeIndex, TakeRendition, TakeSegment } from '../store/take-index';
import { syntheticStartMs, syntheticVideo } from './synthetic-stream';

const initBytes = 700;
const segmentBytes = 1000;
const timescale = 48_000;

/** The index of a take with segments of 2 s and 1000 bytes, as a recorder would have left it. */
export function syntheticTake(
  options: {
    takeId?: string;
    startedAtMs?: number;
    renditions?: readonly Rendition[];
    segmentCount?: number;
    segmentSeconds?: number;
    closed?: boolean;
    /** media time at which a rendition begins, in seconds */
    beginSeconds?: Readonly<Record<string, number>>;
    /** of all init sections; without it those of each take are others */
    initSha256?: string;
  } = {},
): TakeIndex {
  const {
    takeId = 'tak_synthetic234',
    startedAtMs = syntheticStartMs,
    renditions = [syntheticVideo, commentaryAudio],
    segmentCount = 2,
    segmentSeconds = 2,
    closed = true,
    beginSeconds = {},
    initSha256,
  } = options;
  const described = renditions.map((rendition): [string, TakeRendition] => [
    rendition.id,
    {
      type: 'rendition',
      rendition,
      codec: rendition.kind === 'video' ? 'avc1.4d401e' : 'mp4a.40.2',
      initBytes,
      timescale,
      ...(initSha256 && { initSha256 }),
    },
  ]);
  const segments: TakeSegment[] = [];
  for (let index = 0; index < segmentCount; index += 1) {
    for (const { id } of renditions) {
      segments.push({
        type: 'segment',
        renditionId: id,
        mediaSequence: index,
        programDateTimeMs: startedAtMs + index * segmentSeconds * 1000,
        durationSeconds: segmentSeconds,
        offset: initBytes + index * segmentBytes,
        length: segmentBytes,
        // The recorder's time zero lies at one second of container time.
        ticks: ticksOf((beginSeconds[id] ?? 1) + index * segmentSeconds, segmentSeconds),
      });
    }
  }
  return {
    header: {
      type: 'take',
      takeId,
      streamId: 'str_synthetic234',
      epoch: 1,
      recorderSession: 'rec_synthetic234',
      startedAtMs,
    },
    renditions: new Map(described),
    segments,
    closed,
  };
}

function ticksOf(startSeconds: number, seconds: number): { start: number; end: number } {
  return { start: Math.round(startSeconds * timescale), end: Math.round((startSeconds + seconds) * timescale) };
}
