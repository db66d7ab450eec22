import { deepStrictEqual } from 'node:assert';
import { parse, setOptions, types } from 'hls-parser';
import { type Manifest, Parser } from 'm3u8-parser';
import { readListedPlaylist } from './listed-playlist';

/** A media playlist as two independent parsers read it. */
export type ReadPlaylist = {
  targetDuration: number | undefined;
  mediaSequence: number | undefined;
  discontinuitySequence: number;
  partTarget: number | undefined;
  /** how many segments a delta leaves out */
  skipped: number;
  ended: boolean;
  segments: ReadSegment[];
  /** in the order in which they are listed, those of the open segment last */
  parts: ReadPart[];
  /** of the other renditions, as they are listed */
  reports: ReadReport[];
};

export type ReadPart = { uri: string; durationSeconds: number; independent: boolean };
export type ReadReport = { uri: string; lastMediaSequence: number; lastPartIndex: number };

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
    discontinuitySequence: playlist.discontinuitySequenceBase ?? 0,
    partTarget: playlist.partTargetDuration,
    skipped: playlist.skip,
    ended: playlist.endlist,
    segments: whole.map((segment) => ({
      uri: segment.uri,
      durationSeconds: segment.duration,
      programDateTimeMs: segment.programDateTime?.getTime(),
      discontinuity: segment.discontinuity ?? false,
      byteRange: segment.byterange && `${segment.byterange.length}@${segment.byterange.offset}`,
      map: segment.map?.uri,
    })),
    parts: playlist.segments
      .flatMap(({ parts }) => parts)
      .filter(({ hint }) => !hint)
      .map(({ uri, duration = Number.NaN, independent = false }) => ({ uri, durationSeconds: duration, independent })),
    reports: playlist.renditionReports.map(({ uri, lastMSN = Number.NaN, lastPart = Number.NaN }) => ({
      ...{ uri, lastMediaSequence: lastMSN, lastPartIndex: lastPart },
    })),
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
    discontinuitySequence: manifest.discontinuitySequence ?? 0,
    partTarget: manifest.partTargetDuration,
    skipped: Number(manifest.skip?.skippedSegments ?? 0),
    ended: manifest.endList ?? false,
    segments: manifest.segments.map((segment) => ({
      uri: segment.uri,
      durationSeconds: segment.duration,
      programDateTimeMs: segment.dateTimeObject?.getTime() ?? segment.programDateTime,
      discontinuity: segment.discontinuity ?? false,
      byteRange: segment.byterange && `${segment.byterange.length}@${segment.byterange.offset}`,
      map: segment.map?.uri,
    })),
    parts: [...manifest.segments, manifest.preloadSegment]
      .flatMap((segment) => segment?.parts ?? [])
      .map(({ uri, duration, independent }) => ({
        ...{ uri: String(uri), durationSeconds: Number(duration), independent: independent === true },
      })),
    reports: (manifest.renditionReports ?? []).map(({ uri, lastMsn, lastPart }) => ({
      ...{ uri: String(uri), lastMediaSequence: Number(lastMsn), lastPartIndex: Number(lastPart) },
    })),
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

/** A live media playlist is read alike by both parsers and by the validator's own reader. Throws where it is not. */
export function expectReadAlike(text: string): void {
  const ours = readWithListedPlaylist(text);
  deepStrictEqual(readWithHlsParser(text), ours, 'hls-parser reads it otherwise');
  deepStrictEqual(readWithM3u8Parser(text), ours, 'm3u8-parser reads it otherwise');
}

function readWithListedPlaylist(text: string): ReadPlaylist {
  const listed = readListedPlaylist(text);
  const whole = listed.segments.filter(({ uri }) => uri !== undefined);
  return {
    targetDuration: listed.targetDurationSeconds,
    mediaSequence: listed.mediaSequence,
    discontinuitySequence: listed.discontinuitySequence,
    partTarget: listed.partTargetSeconds,
    skipped: listed.skipped ?? 0,
    ended: listed.ended,
    segments: whole.map((segment) => ({
      uri: segment.uri ?? '',
      durationSeconds: segment.durationSeconds,
      programDateTimeMs: segment.programDateTimeMs,
      discontinuity: segment.discontinuity,
      byteRange: undefined,
      map: segment.map,
    })),
    parts: listed.segments.flatMap(({ parts }) =>
      parts.map(({ uri, durationSeconds, independent }) => ({ uri, durationSeconds, independent })),
    ),
    reports: listed.reports.map((report) => ({ ...report })),
  };
}
