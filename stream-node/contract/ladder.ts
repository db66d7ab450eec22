import { z } from 'zod';
import { AudioCodec, type Codec, usualAudioCodec, usualVideoCodec, VideoCodec } from './codecs';
import { FrameRate } from './profiles';

export const RenditionId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'must be 1 to 32 of a-z, 0-9 and -');
export type RenditionId = z.infer<typeof RenditionId>;

/** How the encoder of a rendition is set, where that was ordered; sizes are in bits. */
export const EncoderSettings = z.object({
  /** by the names of x264; where an encoder has other ones, the nearest of them */
  preset: z
    .string()
    .regex(/^[a-z]{1,16}$/)
    .optional(),
  /** constant rate factor on the scale of x264: quality first, within the highest bitrate */
  crf: z.int().min(0).max(51).optional(),
  threads: z.int().min(1).max(16).optional(),
  /** bits per second */
  bitrateMax: z.int().min(1000).optional(),
  bufferBits: z.int().min(1000).optional(),
});

export const VideoRendition = z.object({
  kind: z.literal('video'),
  id: RenditionId,
  /** absent: H.264 */
  codec: VideoCodec.optional(),
  width: z.int().min(2).max(7680),
  height: z.int().min(2).max(7680),
  frameRate: FrameRate,
  /** average bits per second the encoder aims at */
  bitrate: z.int().min(1000),
  encoder: EncoderSettings.optional(),
});
export type VideoRendition = z.infer<typeof VideoRendition>;

export const AudioRendition = z.object({
  kind: z.literal('audio'),
  id: RenditionId,
  /** absent: AAC */
  codec: AudioCodec.optional(),
  channels: z.union([z.literal(1), z.literal(2)]),
  bitrate: z.int().min(1000),
});
export type AudioRendition = z.infer<typeof AudioRendition>;

export const Rendition = z.discriminatedUnion('kind', [VideoRendition, AudioRendition]);
export type Rendition = z.infer<typeof Rendition>;

/** What a rendition is encoded with. */
export function codecOf(rendition: Rendition): Codec {
  return rendition.codec ?? (rendition.kind === 'video' ? usualVideoCodec : usualAudioCodec);
}

/** 64 kbit/s mono: the commentary on a thin line. Every stream has it. */
export const commentaryAudio: AudioRendition = { kind: 'audio', id: 'audio64', channels: 1, bitrate: 64_000 };
/** 128 kbit/s stereo: what goes with a picture. */
export const stereoAudio: AudioRendition = { kind: 'audio', id: 'audio128', channels: 2, bitrate: 128_000 };

/** What a rung needs to know of the source: the picture as it is shown (rotation applied). */
export type SourcePicture = { width: number; height: number; frameRate: FrameRate };

/** The rungs by the shorter side of the picture. The low ones are for small and portrait sources. */
const rungs = [
  { shorterSide: 720, bitrate: 2_500_000 },
  { shorterSide: 480, bitrate: 1_200_000 },
  { shorterSide: 360, bitrate: 700_000 },
  { shorterSide: 240, bitrate: 350_000 },
  { shorterSide: 144, bitrate: 150_000 },
] as const;

const rungCount = 3;
/** A source at least this large is not worth a rung below 240p: its thin line is the commentary alone. */
const largeShorterSide = 360;
const lowestOfLarge = 240;

/**
 * The ladder of a source, best first: at most three rungs, never larger than the source. A source below the lowest rung
 * gets one rung of its own size. Sides are even, as 4:2:0 asks.
 */
export function planLadder(source: SourcePicture): VideoRendition[] {
  const shorter = Math.min(source.width, source.height);
  const lowest = shorter >= largeShorterSide ? lowestOfLarge : 0;
  const fitting = rungs.filter((rung) => rung.shorterSide <= shorter && rung.shorterSide >= lowest).slice(0, rungCount);
  const chosen = fitting.length > 0 ? fitting : [{ shorterSide: shorter, bitrate: 150_000 }];
  return chosen.map((rung) => {
    const scale = rung.shorterSide / shorter;
    return {
      kind: 'video',
      id: `${rung.shorterSide}p`,
      width: even(source.width * scale),
      height: even(source.height * scale),
      frameRate: source.frameRate,
      bitrate: rung.bitrate,
    };
  });
}

function even(pixels: number): number {
  return Math.max(2, Math.round(pixels / 2) * 2);
}
