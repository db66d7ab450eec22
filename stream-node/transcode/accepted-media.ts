import type { SourceContainer } from '../contract/ingest-protocol';
import type { PieceContainer } from '../ingest/pieces/piece-facts';

/** ffmpeg is always told the container: a file that it may guess about can be a playlist that opens other files. */
export const inputFormat: Record<SourceContainer, string> = {
  matroska: 'matroska',
  mp4: 'mp4',
  flv: 'flv',
  mpegts: 'mpegts',
};

/**
 * What every ffmpeg and ffprobe that reads a publisher's bytes is told before `-i`: the demuxer, that it may open nothing
 * but its own pipe, and the decoders that a browser's recorder or an encoder can ask for.
 */
export function acceptedMediaOptions(container: SourceContainer): string[] {
  return ['-protocol_whitelist', 'pipe', '-codec_whitelist', decoders.join(','), '-f', inputFormat[container]];
}

/** The same of a piece, a file of ours: nothing but files, and those of MP4's references are not opened by default. */
export function acceptedPieceOptions(container: PieceContainer): string[] {
  return ['-protocol_whitelist', 'file', '-codec_whitelist', decoders.join(','), '-f', inputFormat[container]];
}

const decoders = [
  ...['h264', 'hevc', 'vp8', 'vp9', 'libdav1d', 'libaom-av1', 'av1'],
  ...['opus', 'libopus', 'aac', 'mp3', 'mp3float', 'pcm_f32le'],
];
