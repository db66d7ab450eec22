import { type AudioRendition, codecOf, type Rendition, type VideoRendition } from '../contract/ladder';
import { renditionPlaylist } from '../contract/media-urls';
import type { RenditionSnapshot } from '../packager/media-types';
import { type Bandwidth, liveBandwidth } from './bandwidth';
import { codecsAttribute } from './codecs';

/** What a multivariant playlist says of one rendition. */
export type DescribedRendition<Kind extends Rendition = Rendition> = {
  readonly rendition: Kind;
  /** RFC 6381; more than one where sessions differ */
  readonly codecs: readonly string[];
  readonly bandwidth: Bandwidth;
  /** the media playlist, relative to the stream's folder */
  readonly uri: string;
};

const version = 7;

/** Audio renditions of one codec: a variant names the codecs of all that it plays (RFC 8216bis 4.4.6.2). */
type AudioGroup = { readonly id: string; readonly audios: readonly DescribedRendition<AudioRendition>[] };

/** A live rendition, or `undefined` before its first part: there is no codec to name yet. */
export function describeLive(
  snapshot: RenditionSnapshot,
  playlist: string = renditionPlaylist,
): DescribedRendition | undefined {
  const newest = snapshot.segments.at(-1);
  if (newest === undefined) {
    return undefined;
  }
  // Segments that are too old for their parts to be listed have none: what is measured is the last few.
  const sizes = snapshot.segments
    .filter((segment) => segment.closed && segment.parts.length > 0)
    .map(({ parts, durationSeconds }) => ({
      byteLength: parts.reduce((total, part) => total + part.bytes.byteLength, 0),
      durationSeconds,
    }));
  return {
    rendition: snapshot.rendition,
    codecs: [newest.init.codec],
    bandwidth: liveBandwidth(snapshot.rendition.bitrate, sizes),
    uri: `${snapshot.rendition.id}/${playlist}`,
  };
}

/**
 * The multivariant playlist (RFC 8216bis 4.4.6): the video renditions best first, with the audio renditions as their audio
 * group, the best one by default; where these have several codecs, a group and variants for each. Audio alone is no variant beside a picture, but a playlist of its own
 * (`commentaryPlaylist`): VLC begins with the lowest variant, and then never asks for a picture. Without a picture: the
 * audio renditions.
 */
export function multivariantPlaylist(renditions: readonly DescribedRendition[]): string {
  const videos = renditions.filter(isVideo).sort(byBitrate);
  const audios = renditions.filter(isAudio).sort(byBitrate);
  if (videos.length === 0) {
    return audioPlaylist(audios);
  }
  const groups = audioGroups(audios);
  return text([
    ...head(),
    ...groups.flatMap(({ id, audios }) => audios.map((audio, index) => audioRendition(audio, index, id))),
    ...videos.flatMap((video) =>
      (groups.length === 0 ? [undefined] : groups).flatMap((group) => videoVariant(video, group)),
    ),
  ]);
}

/** The multivariant playlist of the commentary audio alone: the lowest audio rendition of each codec. */
export function commentaryPlaylist(renditions: readonly DescribedRendition[]): string {
  const lowest = audioGroups(renditions.filter(isAudio).sort(byBitrate)).flatMap(({ audios }) => audios.slice(-1));
  return audioPlaylist(lowest);
}

function audioGroups(audios: readonly DescribedRendition<AudioRendition>[]): AudioGroup[] {
  const codecs = [...new Set(audios.map(({ rendition }) => codecOf(rendition)))];
  return codecs.map((codec) => ({
    id: codecs.length === 1 ? 'audio' : `audio-${codec}`,
    audios: audios.filter(({ rendition }) => codecOf(rendition) === codec),
  }));
}

function audioPlaylist(audios: readonly DescribedRendition<AudioRendition>[]): string {
  return text([...head(), ...audios.flatMap(audioVariant)]);
}

function head(): string[] {
  // Every segment starts with a keyframe; it says nothing about parts (RFC 8216bis 4.4.2.1).
  return ['#EXTM3U', `#EXT-X-VERSION:${version}`, '#EXT-X-INDEPENDENT-SEGMENTS'];
}

function audioRendition(
  { rendition, uri }: DescribedRendition<AudioRendition>,
  index: number,
  groupId: string,
): string {
  const name = index === 0 ? 'Commentary' : `Commentary, ${Math.round(rendition.bitrate / 1000)} kbit/s`;
  const choice = index === 0 ? 'DEFAULT=YES,AUTOSELECT=YES' : 'DEFAULT=NO,AUTOSELECT=NO';
  return `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="${groupId}",NAME="${name}",${choice},CHANNELS="${rendition.channels}",URI="${uri}"`;
}

function videoVariant(
  { rendition, codecs, bandwidth, uri }: DescribedRendition<VideoRendition>,
  group: AudioGroup | undefined,
): string[] {
  const sound = group?.audios[0];
  const { numerator, denominator } = rendition.frameRate;
  const attributes = [
    `BANDWIDTH=${bandwidth.peak + (sound?.bandwidth.peak ?? 0)}`,
    `AVERAGE-BANDWIDTH=${bandwidth.average + (sound?.bandwidth.average ?? 0)}`,
    `CODECS="${codecsAttribute([...codecs, ...(sound?.codecs ?? [])])}"`,
    `RESOLUTION=${rendition.width}x${rendition.height}`,
    `FRAME-RATE=${(numerator / denominator).toFixed(3)}`,
    ...(group ? [`AUDIO="${group.id}"`] : []),
  ];
  return [`#EXT-X-STREAM-INF:${attributes.join(',')}`, uri];
}

function audioVariant({ codecs, bandwidth, uri }: DescribedRendition<AudioRendition>): string[] {
  return [
    `#EXT-X-STREAM-INF:BANDWIDTH=${bandwidth.peak},AVERAGE-BANDWIDTH=${bandwidth.average},CODECS="${codecsAttribute(codecs)}"`,
    uri,
  ];
}

function text(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}

function isVideo(described: DescribedRendition): described is DescribedRendition<VideoRendition> {
  return described.rendition.kind === 'video';
}

function isAudio(described: DescribedRendition): described is DescribedRendition<AudioRendition> {
  return described.rendition.kind === 'audio';
}

function byBitrate(a: DescribedRendition, b: DescribedRendition): number {
  return b.rendition.bitrate - a.rendition.bitrate;
}
