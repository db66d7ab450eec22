import type { Rendition, RenditionId } from '../contract/ladder';
import { renditionRecording } from '../contract/media-urls';
import { joinedSegmentCount, targetDurationSeconds } from '../contract/profiles';
import type { TakeIndex, TakeSegment } from '../store/take-index';
import { declaredBandwidth, measureBandwidth } from './bandwidth';
import type { DescribedRendition } from './multivariant-playlist';
import { type RecordedRun, recordedRuns } from './recorded-runs';
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
