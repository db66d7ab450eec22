import { parse, setOptions, types } from 'hls-parser';
import { type Manifest, Parser } from 'm3u8-parser';

/** A media playlist as two independent parsers read it. */
export type ReadPlaylist = {
  targetDuration: number | undefined;
  mediaSequence: number | undefined;
  ended: boolean;
  segments: ReadSegment[];
  partCount: number;
};

export type ReadSegment = {
  uri: string;
  durationSeconds: number;
  programDateTimeMs: number | undefined;
  discontinuity: boolean;
  byteRange: string | undefined;
  map: string | undefined;
};

/** It counts segments, the open one included, where the format counts seconds (RFC 8216bis 6.2.2). */
const knownDisagreement = 'greater than three target durations';

/** The media playlist as hls-parser reads it. Throws at what it finds to be against the format. */
export function readWithHlsParser(text: string): ReadPlaylist {
  const playlist = parseStrictly(text);
  if (playlist.isMasterPlaylist || !(playlist instanceof types.MediaPlaylist)) {
    throw new Error('a media playlist was expected');
  }
  const whole = playlist.segments.filter(({ uri }) => uri !== undefined && uri !== '');
  return {
    targetDuration: playlist.targetDuration,
    mediaSequence: playlist.mediaSequenceBase,
    ended: playlist.endlist,
    segments: whole.map((segment) => ({
      uri: segment.uri,
      durationSeconds: segment.duration,
      programDateTimeMs: segment.programDateTime?.getTime(),
      discontinuity: segment.discontinuity ?? false,
      byteRange: segment.byterange && `${segment.byterange.length}@${segment.byterange.offset}`,
      map: segment.map?.uri,
    })),
    partCount: playlist.segments.flatMap(({ parts }) => parts).filter(({ hint }) => !hint).length,
  };
}

/** Any playlist as hls-parser reads it, its complaints thrown. */
export function parseStrictly(text: string): types.MasterPlaylist | types.MediaPlaylist {
  try {
    setOptions({ strictMode: true });
    return parse(text);
  } catch (error) {
    if (error instanceof Error && error.message.includes(knownDisagreement)) {
      setOptions({ strictMode: false, silent: true });
      return parse(text);
    }
    throw error;
  }
}

/** The same as m3u8-parser reads it. */
export function readWithM3u8Parser(text: string): ReadPlaylist {
  const manifest = readManifest(text);
  return {
    targetDuration: manifest.targetDuration,
    mediaSequence: manifest.mediaSequence,
    ended: manifest.endList ?? false,
    segments: manifest.segments.map((segment) => ({
      uri: segment.uri,
      durationSeconds: segment.duration,
      programDateTimeMs: segment.dateTimeObject?.getTime() ?? segment.programDateTime,
      discontinuity: segment.discontinuity ?? false,
      byteRange: segment.byterange && `${segment.byterange.length}@${segment.byterange.offset}`,
      map: segment.map?.uri,
    })),
    partCount: [...manifest.segments, manifest.preloadSegment].flatMap((segment) => segment?.parts ?? []).length,
  };
}

/** What m3u8-parser makes of any playlist; its warnings are errors here. */
export function readManifest(text: string): Manifest {
  const parser = new Parser();
  const warnings: string[] = [];
  parser.on('warn', ({ message }) => warnings.push(message));
  parser.push(text);
  parser.end();
  if (warnings.length > 0) {
    throw new Error(`m3u8-parser: ${warnings.join('; ')}`);
  }
  return parser.manifest;
}
