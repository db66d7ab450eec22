/** What the first bytes of an audio or video message say of it. */
export type MediaPayload =
  | {
      readonly kind: 'media';
      /** decoder configuration, not a frame */
      readonly isConfig: boolean;
      /** presentation minus decode time, in milliseconds; not zero with B-frames */
      readonly compositionMs: number;
    }
  /** nothing a decoder needs */
  | { readonly kind: 'empty' }
  /** a codec that is not taken; the words are for the broadcaster */
  | { readonly kind: 'refused'; readonly reason: string };

/** Adobe FLV 10.1, E.4.3.1. */
const videoCodecNames: Record<number, string> = {
  2: 'Sorenson H.263',
  3: 'Screen video',
  4: 'VP6',
  5: 'VP6 with alpha',
  6: 'Screen video 2',
  12: 'HEVC',
  13: 'AV1',
};
/** Enhanced RTMP 2, "Enhanced Video" and "Enhanced Audio". */
const fourCcNames: Record<string, string> = {
  avc1: 'H.264',
  hvc1: 'HEVC',
  av01: 'AV1',
  vp08: 'VP8',
  vp09: 'VP9',
  vvc1: 'VVC',
  Opus: 'Opus',
  fLaC: 'FLAC',
  'ac-3': 'AC-3',
  'ec-3': 'E-AC-3',
  '.mp3': 'MP3',
  mp4a: 'AAC',
};
/** E.4.2.1. */
const audioCodecNames: Record<number, string> = {
  0: 'PCM',
  1: 'ADPCM',
  3: 'PCM',
  4: 'Nellymoser',
  5: 'Nellymoser',
  6: 'Nellymoser',
  7: 'G.711 A-law',
  8: 'G.711 mu-law',
  11: 'Speex',
};
const avc = 7;
const aac = 10;
const mp3s = [2, 14];
const enhancedAudio = 9;
/** frame type 5: a command to the player */
const videoCommand = 5;

/** Looks at a video message: H.264 as RTMP has always carried it is taken, everything else refused by its name. */
export function inspectVideo(payload: Buffer): MediaPayload {
  const [first = 0, packetType = 0] = payload;
  if (payload.byteLength < 2) {
    return { kind: 'empty' };
  }
  if ((first & 0x80) !== 0) {
    return refusedEnhanced(payload, 'choose H.264 without enhanced RTMP');
  }
  const codec = first & 0x0f;
  if (codec !== avc) {
    return { kind: 'refused', reason: `${videoCodecNames[codec] ?? 'This video codec'} is not taken: choose H.264` };
  }
  if (first >> 4 === videoCommand || payload.byteLength < 5 || packetType > 1) {
    return { kind: 'empty' };
  }
  return { kind: 'media', isConfig: packetType === 0, compositionMs: payload.readIntBE(2, 3) };
}

/** The same for sound: AAC and MP3 are taken. */
export function inspectAudio(payload: Buffer): MediaPayload {
  const [first = 0, packetType = 0] = payload;
  if (payload.byteLength < 2) {
    return { kind: 'empty' };
  }
  const codec = first >> 4;
  if (codec === enhancedAudio) {
    return refusedEnhanced(payload, 'choose AAC without enhanced RTMP');
  }
  if (codec !== aac && !mp3s.includes(codec)) {
    return { kind: 'refused', reason: `${audioCodecNames[codec] ?? 'This audio codec'} is not taken: choose AAC` };
  }
  return { kind: 'media', isConfig: codec === aac && packetType === 0, compositionMs: 0 };
}

/** The four letters after the first byte name the codec, but for packets of several tracks, which say it later. */
function refusedEnhanced(payload: Buffer, instead: string): MediaPayload {
  const name = fourCcNames[payload.toString('latin1', 1, 5)];
  return { kind: 'refused', reason: `${name ?? 'This codec'} by enhanced RTMP is not taken yet: ${instead}` };
}
