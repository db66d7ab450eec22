import type { RecorderContainer } from '../../stream-node/contract/ingest-protocol';

/**
 * What a recorder is asked for, best first. Matroska comes before MP4: in MP4 a recorder writes nothing until the next
 * keyframe, a second late. A recorder that is given `video/webm;codecs=h264` names itself `video/x-matroska` afterwards.
 */
const candidates = {
  video: [
    'video/webm;codecs=h264,opus',
    'video/webm;codecs=vp8,opus',
    'video/mp4;codecs=avc1.42E01E,mp4a.40.2',
    'video/mp4',
  ],
  audio: ['audio/webm;codecs=opus', 'audio/mp4'],
} as const;

/** The MIME type to record with, or null where this browser can record none that a node reads. */
export function chooseRecorderMime(
  kind: 'audio' | 'video',
  isTypeSupported: (mime: string) => boolean = (mime) => MediaRecorder.isTypeSupported(mime),
): string | null {
  return candidates[kind].find((mime) => isTypeSupported(mime)) ?? null;
}

/** The container of a recording, by the MIME type its recorder reports. */
export function containerOf(mime: string): RecorderContainer {
  return /^(video|audio)\/mp4/.test(mime) ? 'mp4' : 'matroska';
}

/**
 * Bits per second for a picture of this size: a little above the node's best rung for it (contract/ladder), since what
 * is sent is encoded once more.
 */
export function pictureBitrate(width: number, height: number): number {
  const shorter = Math.min(width, height);
  const steps = [
    { shorterMax: 144, bitrate: 250_000 },
    { shorterMax: 240, bitrate: 500_000 },
    { shorterMax: 360, bitrate: 1_000_000 },
    { shorterMax: 480, bitrate: 1_800_000 },
    { shorterMax: 720, bitrate: 3_200_000 },
  ];
  return steps.find(({ shorterMax }) => shorter <= shorterMax)?.bitrate ?? 4_500_000;
}

/** Bits per second for the sound; Opus at this rate is clear for speech and a crowd behind it. */
export const soundBitrate = 96_000;
