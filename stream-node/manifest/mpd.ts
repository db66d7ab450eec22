import type { Codec } from '../contract/codecs';
import { type AudioRendition, codecOf, type Rendition, type VideoRendition } from '../contract/ladder';
import { audioSampleRate, targetDurationSeconds } from '../contract/profiles';
import type { TickRange } from '../packager/media-types';
import { segmentTimeline } from './segment-timeline';
import { element, type XmlElement } from './xml';

// What live and recorded MPDs have in common (ISO/IEC 23009-1; the numbers of sections are those of its fourth edition).

/** One `Representation` of a period. */
export type MpdRendition = {
  readonly rendition: Rendition;
  /** RFC 6381 */
  readonly codec: string;
  /** bits per second, of the busiest segment */
  readonly bandwidth: number;
  readonly timescale: number;
  /** of the init section, relative to the MPD */
  readonly initUri: string;
  /** of the segments, relative to the MPD, with `$Number$` for the number */
  readonly mediaTemplate: string;
  readonly firstNumber: number;
  /** in ticks of `timescale`, one after the other, with numbers that count up by one */
  readonly segments: readonly TickRange[];
};

/** What goes on without a seam: of a session, or of a take, and of those that took its place. */
export type MpdPeriod = {
  readonly id: string;
  /** on the presentation's timeline */
  readonly startSeconds: number;
  /** told of the last period of a presentation that has ended; of others the next one's start tells it */
  readonly durationSeconds?: number | undefined;
  /** container time that lies at the period's start */
  readonly originSeconds: number;
  readonly renditions: readonly MpdRendition[];
};

/** SegmentTemplate with SegmentTimeline is of the live profile also in a static MPD (ISO/IEC 23009-1, 8.4). */
const profiles = 'urn:mpeg:dash:profile:isoff-live:2011';
/** What a player must have before it begins, at the bandwidth told: a segment. */
const minBufferSeconds = targetDurationSeconds;

export function mpdElement(
  attributes: Readonly<Record<string, string | number | undefined>>,
  children: readonly XmlElement[],
): XmlElement {
  return element(
    'MPD',
    {
      xmlns: 'urn:mpeg:dash:schema:mpd:2011',
      profiles,
      ...attributes,
      minBufferTime: duration(minBufferSeconds),
    },
    children,
  );
}

/** An `xs:duration` of seconds, to the millisecond. */
export function duration(seconds: number): string {
  return `PT${Number(seconds.toFixed(3))}S`;
}

/** Of the AdaptationSets: pictures and sounds between which a player may switch are all of one codec. */
const adaptationSetIds: Readonly<Record<Codec, number>> = { h264: 1, aac: 2, h265: 3, av1: 4, opus: 5, mp3: 6 };

/** A `Period` with an AdaptationSet for each codec, pictures first. Ids depend on nothing but what they name. */
export function periodElement(period: MpdPeriod): XmlElement {
  const isVideo = ({ rendition }: MpdRendition) => Number(rendition.kind === 'video');
  const bestFirst = [...period.renditions].sort((a, b) => isVideo(b) - isVideo(a) || byBitrate(a, b));
  const codecs = [...new Set(bestFirst.map(({ rendition }) => codecOf(rendition)))];
  return element(
    'Period',
    {
      id: period.id,
      start: duration(period.startSeconds),
      duration: period.durationSeconds === undefined ? undefined : duration(period.durationSeconds),
    },
    codecs.map((codec) => {
      const renditions = bestFirst.filter(({ rendition }) => codecOf(rendition) === codec);
      return adaptationSet(adaptationSetIds[codec], renditions, period.originSeconds);
    }),
  );
}

function adaptationSet(id: number, renditions: readonly MpdRendition[], originSeconds: number): XmlElement {
  const contentType: Rendition['kind'] = renditions[0]?.rendition.kind ?? 'video';
  return element(
    'AdaptationSet',
    {
      id,
      contentType,
      mimeType: `${contentType}/mp4`,
      // Every segment starts with a keyframe, and all renditions are cut at the same places.
      segmentAlignment: 'true',
      startWithSAP: 1,
    },
    [
      element('Role', { schemeIdUri: 'urn:mpeg:dash:role:2011', value: 'main' }),
      ...renditions.map((each) => representation(each, originSeconds)),
    ],
  );
}

function representation(each: MpdRendition, originSeconds: number): XmlElement {
  const { rendition, codec: codecs, bandwidth, timescale, segments } = each;
  const template = element(
    'SegmentTemplate',
    {
      timescale,
      presentationTimeOffset: Math.round(originSeconds * timescale),
      initialization: each.initUri,
      media: each.mediaTemplate,
      startNumber: each.firstNumber,
    },
    [segmentTimeline(segments)],
  );
  return rendition.kind === 'video'
    ? element('Representation', { id: rendition.id, codecs, bandwidth, ...videoAttributes(rendition) }, [template])
    : element('Representation', { id: rendition.id, codecs, bandwidth, audioSamplingRate: audioSampleRate }, [
        channelConfiguration(rendition),
        template,
      ]);
}

function videoAttributes({ width, height, frameRate }: VideoRendition) {
  const { numerator, denominator } = frameRate;
  return { width, height, sar: '1:1', frameRate: denominator === 1 ? numerator : `${numerator}/${denominator}` };
}

function channelConfiguration({ channels }: AudioRendition): XmlElement {
  return element('AudioChannelConfiguration', {
    schemeIdUri: 'urn:mpeg:dash:23003:3:audio_channel_configuration:2011',
    value: channels,
  });
}

function byBitrate(a: MpdRendition, b: MpdRendition): number {
  return b.rendition.bitrate - a.rendition.bitrate;
}
