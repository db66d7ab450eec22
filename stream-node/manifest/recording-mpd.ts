import type { RenditionId } from '../contract/ladder';
import type { TickRange } from '../packager/media-types';
import { takeChains } from '../store/take-chains';
import { originSecondsOf, type TakeRendition } from '../store/take-index';
import type { TrimmedTake } from '../store/trimmed-takes';
import { declaredBandwidth, measureBandwidth, type SegmentSize } from './bandwidth';
import { duration, type MpdPeriod, type MpdRendition, mpdElement, periodElement } from './mpd';
import { inEventClockOrder } from './recorded-runs';
import { xmlDocument } from './xml';

const templatedNumber = '$Number$';
const segmentName = /^(?<takeId>[A-Za-z0-9_-]{9,64})-(?<number>init|\d{1,9})\.(?:mp4|m4s)$/;

/**
 * The name of a take's segment below its rendition's folder, by its place among that rendition's segments of the take, and of those
 * that play as one with it from there on.
 */
export function takeSegmentName(takeId: string, place: number | typeof templatedNumber): string {
  return `${takeId}-${place}.m4s`;
}

/** The name of a rendition's init section of a take. */
export function takeInitName(takeId: string): string {
  return `${takeId}-init.mp4`;
}

/** What such a name names; `undefined` for any other name. */
export function parseTakeSegmentName(file: string): { takeId: string; place: number | 'init' } | undefined {
  const { takeId, number } = segmentName.exec(file)?.groups ?? {};
  if (takeId === undefined || number === undefined) {
    return undefined;
  }
  const place = number === 'init' ? number : Number(number);
  const name = place === 'init' ? takeInitName(takeId) : takeSegmentName(takeId, place);
  return name === file ? { takeId, place } : undefined;
}

type TimedRendition = { source: TakeRendition; timescale: number; segments: readonly TickRange[] };

/**
 * The static MPD of a recording, or of what there is of it so far: a Period for each take, in event-clock order, one right
 * after the other; takes that play as one are one Period, and their segments are named as if the first one had them all. A byte range for each segment would make it a megabyte an hour, so segments have names of their own and
 * one template. `undefined` where nothing is recorded that has decode times.
 */
export function recordingMpd(takes: readonly TrimmedTake[]): string | undefined {
  const bandwidths = bandwidthsOf(takes);
  const periods: MpdPeriod[] = [];
  let startSeconds = 0;
  for (const chain of takeChains(inEventClockOrder(takes))) {
    const [first] = chain;
    const renditions = timedRenditions(chain);
    if (first !== undefined && renditions.length > 0) {
      const originSeconds = originOf(first, renditions);
      const durationSeconds = Math.max(...renditions.map(endSeconds)) - originSeconds;
      periods.push({
        id: first.header.takeId,
        startSeconds,
        durationSeconds,
        originSeconds,
        renditions: renditions.map((each) => mpdRendition(first, each, bandwidths)),
      });
      startSeconds += durationSeconds;
    }
  }
  if (periods.length === 0) {
    return undefined;
  }
  const head = { type: 'static', mediaPresentationDuration: duration(startSeconds) };
  return xmlDocument(mpdElement(head, periods.map(periodElement)));
}

function timedRenditions(chain: readonly TrimmedTake[]): TimedRendition[] {
  return [...(chain[0]?.renditions.values() ?? [])].flatMap((source) => {
    const { timescale } = source;
    const all = chain.flatMap((take) => take.segments).filter(({ renditionId }) => renditionId === source.rendition.id);
    const segments = all.flatMap(({ ticks }) => ticks ?? []);
    // A segment's name is its place among all of them, so that all must be timed.
    const isTimed = segments.length === all.length && segments.length > 0;
    return timescale !== undefined && isTimed ? [{ source, timescale, segments }] : [];
  });
}

/**
 * The container time at which a take's period begins: its first sample of any track, for what lies before a period is not played. But
 * sound before its session's time zero is the encoder's run-in, and a trim is a cut of the picture.
 */
function originOf(take: TrimmedTake, renditions: readonly TimedRendition[]): number {
  const videos = renditions.filter(({ source }) => source.rendition.kind === 'video');
  const isTrimmed = (take.firstPlaces?.size ?? 0) > 0;
  const starts = (isTrimmed && videos.length > 0 ? videos : renditions).map(
    ({ segments, timescale }) => (segments[0]?.start ?? 0) / timescale,
  );
  return Math.max(originSecondsOf(take.header), Math.min(...starts));
}

function endSeconds({ segments, timescale }: TimedRendition): number {
  return (segments.at(-1)?.end ?? 0) / timescale;
}

function mpdRendition(
  { header: { takeId }, firstPlaces }: TrimmedTake,
  { source, timescale, segments }: TimedRendition,
  bandwidths: ReadonlyMap<RenditionId, number>,
): MpdRendition {
  const { rendition, codec } = source;
  return {
    rendition,
    codec,
    bandwidth: bandwidths.get(rendition.id) ?? declaredBandwidth(rendition.bitrate).peak,
    timescale,
    initUri: `${rendition.id}/${takeInitName(takeId)}`,
    mediaTemplate: `${rendition.id}/${takeSegmentName(takeId, templatedNumber)}`,
    firstNumber: firstPlaces?.get(rendition.id) ?? 0,
    segments,
  };
}

/** Measured over all takes: a Representation keeps its bandwidth from Period to Period. */
function bandwidthsOf(takes: readonly TrimmedTake[]): Map<RenditionId, number> {
  const sizes = new Map<RenditionId, SegmentSize[]>();
  for (const { renditionId, length, durationSeconds } of takes.flatMap((take) => take.segments)) {
    const ofRendition = sizes.get(renditionId) ?? [];
    ofRendition.push({ byteLength: length, durationSeconds });
    sizes.set(renditionId, ofRendition);
  }
  const bandwidths = new Map<RenditionId, number>();
  for (const [renditionId, ofRendition] of sizes) {
    const measured = measureBandwidth(ofRendition);
    if (measured) {
      bandwidths.set(renditionId, measured.peak);
    }
  }
  return bandwidths;
}
