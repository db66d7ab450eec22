import { targetDurationOf, targetDurationSeconds } from '../contract/profiles';
import type { RenditionSnapshot, Segment, SessionStart } from '../packager/media-types';
import { declaredBandwidth } from './bandwidth';
import { duration, type MpdPeriod, type MpdRendition, mpdElement, periodElement } from './mpd';
import { uriWith } from './segment-uri';
import { programDateTime } from './tag-values';
import { element, xmlDocument } from './xml';

/**
 * Presentation time zero. With the Unix epoch here the presentation's timeline is the event clock itself, for every session
 * and after every restart of a node, without anything to be remembered.
 */
const availabilityStartTime = '1970-01-01T00:00:00Z';
/** How many target durations from the end players keep: as HOLD-BACK does for players of HLS without low latency. */
const presentationDelayTargets = 3;
/** A rendition that is this many segments behind the others at a session's begin is not waited for. */
const latenessSegmentsMax = 3;

type ListedSegment = Segment & { readonly ticks: NonNullable<Segment['ticks']> };
type Listed = { readonly snapshot: RenditionSnapshot; readonly segments: readonly ListedSegment[] };
/** The sessions of a Period. */
type SessionRun = { readonly start: SessionStart; readonly ids: ReadonlySet<string>; readonly isNewest: boolean };

/**
 * The MPD of a live stream, a pure function of the windows: the finished segments that HLS lists, under the same URIs, a
 * Period for each recorder session. An encoder that takes another's place goes on in its Period, where each rendition ended,
 * as long as it needs no other init section. Gaps are left out. `undefined` before there is anything to play.
 *
 * @param options.nowMs the event clock now, unix milliseconds
 * @param options.location where players ask for the next version, relative to this one (ISO/IEC 23009-1, 5.3.1.3)
 */
export function liveMpd(
  snapshots: readonly RenditionSnapshot[],
  options: { nowMs: number; location: string },
): string | undefined {
  const { nowMs, location } = options;
  const hasEnded = snapshots.every(({ ended }) => ended);
  const periods = livePeriods(snapshots, hasEnded);
  const starts = periods.flatMap((period) =>
    period.renditions.map((rendition) => eventSeconds(period, rendition).start),
  );
  const last = periods.at(-1);
  if (last === undefined) {
    return undefined;
  }
  const [any] = snapshots;
  const targetSeconds = any === undefined ? targetDurationSeconds : targetDurationOf(any.cut);
  const endSeconds = last.startSeconds + (last.durationSeconds ?? 0);
  const head = {
    type: 'dynamic',
    availabilityStartTime,
    publishTime: programDateTime(nowMs),
    // Without it nothing will be added, and the duration says where it ends (ISO/IEC 23009-1, 5.3.1.2).
    ...(hasEnded
      ? { mediaPresentationDuration: duration(endSeconds) }
      : { minimumUpdatePeriod: duration(targetSeconds) }),
    timeShiftBufferDepth: duration(Math.max(1, Math.ceil(nowMs / 1000 - Math.min(...starts)))),
    suggestedPresentationDelay: duration(presentationDelayTargets * targetSeconds),
  };
  return xmlDocument(
    mpdElement(head, [
      element('Location', {}, [location]),
      ...periods.map(periodElement),
      // The time is in the MPD itself: there is no second address to ask, which every player would have to resolve in its
      // own way below a grant, and an MPD is at most seconds old.
      element('UTCTiming', { schemeIdUri: 'urn:mpeg:dash:utc:direct:2014', value: programDateTime(nowMs) }),
    ]),
  );
}

function livePeriods(snapshots: readonly RenditionSnapshot[], hasEnded: boolean): MpdPeriod[] {
  const runs = sessionRuns(snapshots, hasEnded);
  return runs.flatMap((run) => {
    const { isNewest } = run;
    const listed = snapshots.map((snapshot) => ({ snapshot, segments: listedOf(snapshot, run) }));
    const withMedia = listed.filter(({ segments }) => segments.length > 0);
    if (withMedia.length === 0 || (isNewest && !hasEnded && isAwaited(listed))) {
      return [];
    }
    const period = periodOf(run.start, withMedia);
    return [isNewest && hasEnded ? { ...period, durationSeconds: mediaSeconds(period) } : period];
  });
}

/**
 * The sessions with media, oldest first, those together that go on with the init sections of the one before. A newest one is left out
 * until all renditions have told whether they do.
 */
function sessionRuns(snapshots: readonly RenditionSnapshot[], hasEnded: boolean): SessionRun[] {
  const withMedia = snapshots.map(({ segments }) => segments.filter(({ gap }) => gap === undefined));
  const sessions = new Map(withMedia.flatMap((segments) => segments.map(({ session }) => [session.id, session])));
  const ordered = [...sessions.values()].sort((a, b) => a.sessionIndex - b.sessionIndex);
  const runs: { start: SessionStart; ids: Set<string>; isNewest: boolean }[] = [];
  for (const { id, run } of ordered) {
    const own = withMedia.map((segments) => segments.filter(({ session }) => session.id === id));
    const isNewest = id === ordered.at(-1)?.id;
    if (isNewest && !hasEnded && own.some(({ length }) => length === 0) && !isLate(own)) {
      break;
    }
    const before = runs.at(-1)?.start.id === run.start.id ? runs.pop() : undefined;
    runs.push({ start: run.start, ids: new Set([...(before?.ids ?? []), id]), isNewest });
  }
  return runs;
}

/** What a Period says of its AdaptationSets must not change, so it waits until all have their first segment. */
function isAwaited(listed: readonly Listed[]): boolean {
  const segments = listed.map((each) => each.segments);
  return segments.some(({ length }) => length === 0) && !isLate(segments);
}

function isLate(ofRenditions: readonly (readonly Segment[])[]): boolean {
  return ofRenditions.some((segments) => segments.filter(({ closed }) => closed).length >= latenessSegmentsMax);
}

/** A rendition's finished segments of a Period. `$Number$` counts them up by one, so that behind a hole only what follows can be listed. */
function listedOf(snapshot: RenditionSnapshot, { ids }: SessionRun): ListedSegment[] {
  let listed: ListedSegment[] = [];
  for (const segment of snapshot.segments) {
    if (ids.has(segment.session.id) && segment.closed && !segment.gap && segment.ticks !== undefined) {
      if (listed.at(-1)?.uriNumber !== segment.uriNumber - 1) {
        listed = [];
      }
      listed.push({ ...segment, ticks: segment.ticks });
    }
  }
  return listed;
}

function periodOf(start: SessionStart, listed: readonly Listed[]): MpdPeriod {
  return {
    id: start.id,
    startSeconds: start.originTimeMs / 1000,
    originSeconds: start.originSeconds,
    renditions: listed.flatMap(({ snapshot, segments }): MpdRendition[] => {
      const [first] = segments;
      if (first === undefined) {
        return [];
      }
      const { rendition } = snapshot;
      return [
        {
          rendition,
          codec: first.init.codec,
          // The declared one: what is told of a Representation must not change from version to version.
          bandwidth: declaredBandwidth(rendition.bitrate).peak,
          timescale: first.init.timescale,
          initUri: `${rendition.id}/${first.init.uri}`,
          // The names of a recorder session's segments differ in their number alone.
          mediaTemplate: `${rendition.id}/${uriWith(first, '$Number$')}`,
          firstNumber: first.uriNumber,
          segments: segments.map(({ ticks }) => ticks),
        },
      ];
    }),
  };
}

function mediaSeconds(period: MpdPeriod): number {
  const ends = period.renditions.map((rendition) => eventSeconds(period, rendition).end);
  // Of a session that broke off at once there may be the run-in of its sound alone, which lies before its Period.
  return Math.max(0, Math.max(...ends) - period.startSeconds);
}

/** Where a rendition's listed media lies on the presentation's timeline. */
function eventSeconds(period: MpdPeriod, { segments, timescale }: MpdRendition): { start: number; end: number } {
  const at = (ticks: number) => period.startSeconds + ticks / timescale - period.originSeconds;
  return { start: at(segments[0]?.start ?? 0), end: at(segments.at(-1)?.end ?? 0) };
}
