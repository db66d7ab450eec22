import { codecOf, type Rendition, type RenditionId } from '../contract/ladder';
import { renditionRecording } from '../contract/media-urls';
import { joinedSegmentCount, targetDurationSeconds } from '../contract/profiles';
import type { TakeIndex, TakeRendition, TakeSegment } from '../store/take-index';
import { declaredBandwidth, measureBandwidth } from './bandwidth';
import type { DescribedRendition } from './multivariant-playlist';
import { decimalSeconds, programDateTime } from './tag-values';

const version = 7;

/** The file of a take that holds one rendition, below that rendition's folder. */
export function takeFileName(takeId: string): string {
  return `${takeId}.mp4`;
}

/** The renditions of a recording, for its multivariant playlist; none before the first segment is on disk. */
export function describeRecording(
  takes: readonly TakeIndex[],
  playlistFile: string = renditionRecording,
): DescribedRendition[] {
  const renditions = new Map<RenditionId, Rendition>();
  for (const take of takes) {
    for (const { rendition } of take.renditions.values()) {
      renditions.set(rendition.id, rendition);
    }
  }
  const described: DescribedRendition[] = [];
  for (const rendition of renditions.values()) {
    const runs = recordedRuns(takes, rendition.id);
    if (runs.length > 0) {
      const sizes = runs.flatMap(({ segments }) =>
        segments.map(({ length, durationSeconds }) => ({ byteLength: length, durationSeconds })),
      );
      described.push({
        rendition,
        codecs: runs.map(({ source }) => source.codec),
        bandwidth: measureBandwidth(sizes) ?? declaredBandwidth(rendition.bitrate),
        uri: `${rendition.id}/${playlistFile}`,
      });
    }
  }
  return described;
}

/**
 * The media playlist of one recorded rendition: the takes in event-clock order, joined by discontinuities, every segment
 * a byte range of its take's file, no stretch of time listed twice. `complete` says that nothing will be added: VOD, else
 * EVENT (RFC 8216bis 4.4.3.5); `healing`, that a stretch may still be filled in, so that it is neither.
 * `undefined` for a rendition that no take has.
 *
 * @param options.joined thin-data mode: what lies in a row in the file of a take is joined, some segments at a time
 */
export function recordingPlaylist(
  takes: readonly TakeIndex[],
  renditionId: RenditionId,
  options: { complete: boolean; healing?: boolean; joined?: boolean },
): string | undefined {
  const { complete, healing = false, joined = false } = options;
  const listed = recordedRuns(takes, renditionId);
  const runs = joined ? withJoinedSegments(listed, complete) : listed;
  if (runs.length === 0) {
    return undefined;
  }
  const lines = [
    '#EXTM3U',
    `#EXT-X-VERSION:${version}`,
    `#EXT-X-TARGETDURATION:${targetDuration(takes) * (joined ? joinedSegmentCount : 1)}`,
    '#EXT-X-MEDIA-SEQUENCE:0',
  ];
  if (complete || !healing) {
    lines.push(`#EXT-X-PLAYLIST-TYPE:${complete ? 'VOD' : 'EVENT'}`);
  }
  runs.forEach(({ take, source, segments }, index) => {
    const folder = source.rendition.id === renditionId ? '' : `../${source.rendition.id}/`;
    const uri = `${folder}${takeFileName(take.header.takeId)}`;
    if (index > 0) {
      lines.push('#EXT-X-DISCONTINUITY');
    }
    lines.push(`#EXT-X-MAP:URI="${uri}",BYTERANGE="${source.initBytes}@0"`);
    for (const segment of segments) {
      lines.push(
        `#EXT-X-PROGRAM-DATE-TIME:${programDateTime(segment.programDateTimeMs)}`,
        `#EXTINF:${decimalSeconds(segment.durationSeconds)},`,
        `#EXT-X-BYTERANGE:${segment.length}@${segment.offset}`,
        uri,
      );
    }
  });
  if (complete) {
    lines.push('#EXT-X-ENDLIST');
  }
  return `${lines.join('\n')}\n`;
}

/** What one take brings to a rendition's playlist. */
export type RecordedRun = { take: TakeIndex; source: TakeRendition; segments: readonly TakeSegment[] };

/** A row of segments that is one byte range of the file. */
type JoinedSegment = TakeSegment & { readonly count: number };

function withJoinedSegments(runs: readonly RecordedRun[], complete: boolean): RecordedRun[] {
  return runs
    .map((run) => {
      const joined = joinedSegments(run.segments);
      // The last ones of a take that grows may still be joined by another.
      const isOpen = !complete && !run.take.closed && (joined.at(-1)?.count ?? 0) < joinedSegmentCount;
      return { ...run, segments: isOpen ? joined.slice(0, -1) : joined };
    })
    .filter(({ segments }) => segments.length > 0);
}

/** Where another take holds a stretch already, the segments that are left of this one do not all lie in a row. */
function joinedSegments(segments: readonly TakeSegment[]): JoinedSegment[] {
  const joined: JoinedSegment[] = [];
  for (const segment of segments) {
    const last = joined.at(-1);
    if (last && last.count < joinedSegmentCount && last.offset + last.length === segment.offset) {
      joined[joined.length - 1] = {
        ...last,
        count: last.count + 1,
        length: last.length + segment.length,
        durationSeconds: last.durationSeconds + segment.durationSeconds,
      };
    } else {
      joined.push({ ...segment, count: 1 });
    }
  }
  return joined;
}

/**
 * The runs of a rendition in event-clock order, no stretch of time twice, and no time before the end of the one before.
 * A take without the rendition (its camera was smaller, say) lends its nearest one of the same kind, so that all
 * renditions of the recording tell the same time; but nothing that another take of its recorder session has itself: a node
 * that was killed while it stored the first segments left a take of some renditions, and the take that was remade from the
 * journal has the others from the beginning, in segments that are no copies of those it has not.
 */
export function recordedRuns(takes: readonly TakeIndex[], renditionId: RenditionId): RecordedRun[] {
  const wanted = takes.flatMap((take) => take.renditions.get(renditionId) ?? [])[0]?.rendition;
  if (wanted === undefined) {
    return [];
  }
  // By the time of this very rendition: a take that fills in what another one lacks of some renditions begins with those.
  const given = inEventClockOrder(takes)
    .flatMap((take) => givenBy(take, wanted, takes))
    .sort((a, b) => beginOf(a) - beginOf(b));
  let reachedMs = Number.NEGATIVE_INFINITY;
  return given.flatMap(({ take, source, segments: all }) => {
    const kept = all.slice(all.findIndex((segment) => !isListed(segment, reachedMs)));
    const [first] = kept;
    const last = kept.at(-1);
    if (first === undefined || last === undefined || isListed(last, reachedMs)) {
      return [];
    }
    const lateMs = reachedMs - first.programDateTimeMs;
    const segments = lateMs > 0 ? movedBy(lateMs, kept) : kept;
    reachedMs = endOf(segments.at(-1) ?? last);
    return [{ take, source, segments }];
  });
}

/** All that a take has of a rendition, or lends of it. */
function givenBy(take: TakeIndex, wanted: Rendition, takes: readonly TakeIndex[]): RecordedRun[] {
  const source = nearestRendition(take, wanted);
  if (source === undefined) {
    return [];
  }
  const own = take.segments.filter(({ renditionId }) => renditionId === source.rendition.id);
  return [{ take, source, segments: source.rendition.id === wanted.id ? own : lentOf(own, take, takes, wanted.id) }];
}

function beginOf({ take, segments: [first] }: RecordedRun): number {
  return first?.programDateTimeMs ?? take.header.startedAtMs;
}

/** How fast a take that is told late comes back to its own times: as fast as a live one is slewed, which nobody sees or hears. */
const slewMsPerSecond = 1;

/**
 * Where two recorders overlap, sound and picture are there twice for a moment (150 ms, as the publisher's page does it), and both
 * are kept. The later take is then told as beginning where the earlier one ends: each player takes the times of a run from its
 * dates, and must not be led back. What it is late by wears off as it goes on.
 */
function movedBy(ms: number, segments: readonly TakeSegment[]): readonly TakeSegment[] {
  let lateMs = ms;
  return segments.map((segment) => {
    const programDateTimeMs = segment.programDateTimeMs + lateMs;
    lateMs = Math.max(0, lateMs - segment.durationSeconds * slewMsPerSecond);
    return { ...segment, programDateTimeMs };
  });
}

function endOf({ programDateTimeMs, durationSeconds }: TakeSegment): number {
  return programDateTimeMs + durationSeconds * 1000;
}

/** More than half of it lies before what is listed already, as where a stretch was recorded twice. */
function isListed({ programDateTimeMs, durationSeconds }: TakeSegment, reachedMs: number): boolean {
  return programDateTimeMs + durationSeconds * 500 < reachedMs;
}

/** What a take without the rendition lends: what no other take of its recorder session has of that time. */
function lentOf(
  own: readonly TakeSegment[],
  { header: { recorderSession } }: TakeIndex,
  takes: readonly TakeIndex[],
  renditionId: RenditionId,
): readonly TakeSegment[] {
  const spans = takes
    .filter(({ header, renditions }) => header.recorderSession === recorderSession && renditions.has(renditionId))
    .flatMap(({ segments }) => {
      const held = segments.filter((segment) => segment.renditionId === renditionId);
      const [first, last] = [held[0], held.at(-1)];
      return first && last ? [{ fromMs: first.programDateTimeMs, untilMs: endOf(last) }] : [];
    });
  const isHeld = ({ programDateTimeMs, durationSeconds }: TakeSegment) => {
    const middleMs = programDateTimeMs + durationSeconds * 500;
    return spans.some(({ fromMs, untilMs }) => middleMs >= fromMs && middleMs < untilMs);
  };
  return own.filter((segment) => !isHeld(segment));
}

function nearestRendition(take: TakeIndex, wanted: Rendition): TakeRendition | undefined {
  const exact = take.renditions.get(wanted.id);
  if (exact) {
    return exact;
  }
  const distance = ({ rendition }: TakeRendition) => Math.abs(rendition.bitrate - wanted.bitrate);
  const isOther = ({ rendition }: TakeRendition) => Number(codecOf(rendition) !== codecOf(wanted));
  return [...take.renditions.values()]
    .filter(({ rendition }) => rendition.kind === wanted.kind)
    .sort((a, b) => isOther(a) - isOther(b) || distance(a) - distance(b))[0];
}

/** The takes of a recording in the order in which they happened. */
export function inEventClockOrder<Take extends TakeIndex>(takes: readonly Take[]): Take[] {
  return [...takes].sort(
    (a, b) => a.header.startedAtMs - b.header.startedAtMs || a.header.takeId.localeCompare(b.header.takeId),
  );
}

/** The same in all renditions, and never below the live one, so that it does not change while the recording grows. */
function targetDuration(takes: readonly TakeIndex[]): number {
  let target: number = targetDurationSeconds;
  for (const { segments } of takes) {
    for (const { durationSeconds } of segments) {
      target = Math.max(target, Math.round(durationSeconds));
    }
  }
  return target;
}
