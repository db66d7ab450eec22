import { parseXml, type XmlNode } from '@svta/cml-xml';

/** A segment as an MPD lists it, on the presentation's timeline. */
export type MpdSegment = { uri: string; startSeconds: number; endSeconds: number };
export type MpdRepresentation = {
  id: string;
  kind: string;
  attributes: Record<string, string>;
  /** container time at the period's start */
  originSeconds: number;
  initUri: string;
  segments: MpdSegment[];
};
export type ListedPeriod = {
  id: string;
  startSeconds: number;
  durationSeconds: number | undefined;
  representations: MpdRepresentation[];
};
export type ListedMpd = { attributes: Record<string, string>; location: string | undefined; periods: ListedPeriod[] };

/** For tests: an MPD as a player reads it, by the XML parser of dash.js; uris are those a player asks for. */
export function readMpd(text: string): ListedMpd {
  const root = childrenOf(parseXml(text), 'MPD')[0];
  if (root === undefined) {
    throw new Error('no MPD');
  }
  return {
    attributes: root.attributes,
    location: childrenOf(root, 'Location')[0]?.childNodes[0]?.nodeValue ?? undefined,
    periods: childrenOf(root, 'Period').map(readPeriod),
  };
}

function readPeriod(period: XmlNode): ListedPeriod {
  const { id, start, duration } = period.attributes;
  const startSeconds = readDuration(must(start, 'start'));
  return {
    id: must(id, 'id'),
    startSeconds,
    durationSeconds: duration === undefined ? undefined : readDuration(duration),
    representations: childrenOf(period, 'AdaptationSet').flatMap((set) =>
      childrenOf(set, 'Representation').map((each) =>
        readRepresentation(each, must(set.attributes.contentType, 'contentType'), startSeconds),
      ),
    ),
  };
}

function readRepresentation(node: XmlNode, kind: string, periodSeconds: number): MpdRepresentation {
  const template = must(childrenOf(node, 'SegmentTemplate')[0], 'SegmentTemplate');
  const { initialization, media, startNumber, timescale, presentationTimeOffset } = template.attributes;
  const perSecond = wholeNumber(timescale);
  const offset = wholeNumber(presentationTimeOffset);
  const atSeconds = (ticks: number) => periodSeconds + (ticks - offset) / perSecond;
  const segments: MpdSegment[] = [];
  let ticks = 0;
  for (const { attributes } of childrenOf(must(childrenOf(template, 'SegmentTimeline')[0], 'SegmentTimeline'), 'S')) {
    ticks = attributes.t === undefined ? ticks : wholeNumber(attributes.t);
    const durationTicks = wholeNumber(attributes.d);
    for (let repeats = wholeNumber(attributes.r ?? '0'); repeats >= 0; repeats -= 1) {
      const number = wholeNumber(startNumber) + segments.length;
      segments.push({
        uri: must(media, 'media').replaceAll('$Number$', String(number)),
        startSeconds: atSeconds(ticks),
        endSeconds: atSeconds(ticks + durationTicks),
      });
      ticks += durationTicks;
    }
  }
  return {
    id: must(node.attributes.id, 'id'),
    kind,
    attributes: node.attributes,
    originSeconds: offset / perSecond,
    initUri: must(initialization, 'initialization'),
    segments,
  };
}

/** For tests: what every MPD keeps to, and, where the one before is given, every update. Throws at what does not hold. */
export function checkMpd(mpd: ListedMpd, before?: ListedMpd): void {
  let endSeconds = Number.NEGATIVE_INFINITY;
  // Of a Period whose sound has left the window already the picture alone is listed.
  const hasSound = mpd.periods.some(({ representations }) => representations.some(({ kind }) => kind === 'audio'));
  for (const period of mpd.periods) {
    hold(period.startSeconds >= endSeconds - toleranceSeconds, `${period.id} begins before the sound before it ends`);
    for (const { id, kind, segments } of period.representations) {
      hold(segments.length > 0, `${period.id}, ${id}: no segment`);
      for (const [index, segment] of segments.entries()) {
        hold(segment.endSeconds > segment.startSeconds, `${segment.uri} does not last`);
        const previousEnd = segments[index - 1]?.endSeconds ?? Number.NEGATIVE_INFINITY;
        hold(segment.startSeconds >= previousEnd - toleranceSeconds, `${segment.uri} overlaps the one before`);
        // Tracks that did not end together cannot all be joined without a seam: of a picture a moment is missed less.
        endSeconds = kind === 'audio' || !hasSound ? Math.max(endSeconds, segment.endSeconds) : endSeconds;
      }
    }
  }
  const ids = mpd.periods.map(({ id }) => id);
  hold(new Set(ids).size === ids.length, `the ids of periods are different: ${ids}`);
  if (before !== undefined) {
    checkUpdate(mpd, before);
  }
}

function checkUpdate(mpd: ListedMpd, before: ListedMpd): void {
  const known = byUri(before);
  for (const [uri, { startSeconds, endSeconds }] of byUri(mpd)) {
    const earlier = known.get(uri) ?? { startSeconds, endSeconds };
    const moved = Math.max(Math.abs(earlier.startSeconds - startSeconds), Math.abs(earlier.endSeconds - endSeconds));
    hold(moved < toleranceSeconds, `${uri} was moved by ${moved} s`);
  }
  for (const period of mpd.periods) {
    const earlier = before.periods.find(({ id }) => id === period.id);
    hold((earlier?.startSeconds ?? period.startSeconds) === period.startSeconds, `${period.id} was moved`);
  }
  const [endNow, endBefore] = [mpd, before].map(liveEdge);
  hold((endNow ?? 0) >= (endBefore ?? 0) - toleranceSeconds, 'the timeline went back');
}

/** Ticks are exact, milliseconds of periods are rounded. */
const toleranceSeconds = 0.001;

function liveEdge(mpd: ListedMpd): number {
  return Math.max(0, ...[...byUri(mpd).values()].map(({ endSeconds }) => endSeconds));
}

function byUri(mpd: ListedMpd): Map<string, MpdSegment> {
  const all = mpd.periods.flatMap(({ representations }) => representations.flatMap(({ segments }) => segments));
  return new Map(all.map((segment) => [segment.uri, segment]));
}

function childrenOf(node: XmlNode, name: string): XmlNode[] {
  return node.childNodes.filter(({ nodeName }) => nodeName === name);
}

/** Of an `xs:duration` of seconds: all that ours are. */
function readDuration(text: string): number {
  return Number(must(/^PT(\d+(?:\.\d+)?)S$/.exec(text)?.[1], `a duration in ${text}`));
}

function wholeNumber(text: string | undefined): number {
  return Number(must(/^-?\d+$/.exec(text ?? '')?.[0], `a whole number in ${text}`));
}

function must<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined) {
    throw new Error(`the MPD has no ${what}`);
  }
  return value;
}

function hold(holds: boolean, rule: string): void {
  if (!holds) {
    throw new Error(rule);
  }
}
