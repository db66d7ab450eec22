import { pictureBitrate } from '../recorder-formats';

/** A codec of the picture, as Matroska names it. */
export type PictureCodec = 'avc' | 'vp8';

/** the highest rate that is asked of a camera (capture-graph.ts) */
export const framesPerSecondMax = 30;

type Size = { width: number; height: number };

/**
 * What an encoder is asked for. H.264 is constrained baseline, where no frame waits for a later one: level 3.1 holds 720p at 30
 * frames a second, 4 holds 1080p.
 */
export function pictureConfig(codec: PictureCodec, { width, height }: Size): VideoEncoderConfig {
  const isLarge = width * height > 1280 * 720;
  return {
    ...(codec === 'avc'
      ? { codec: isLarge ? 'avc1.42E028' : 'avc1.42E01F', avc: { format: 'avc' } }
      : { codec: 'vp8' }),
    // 4:2:0 knows even sides only.
    width: width - (width % 2),
    height: height - (height % 2),
    bitrate: pictureBitrate(width, height),
    framerate: framesPerSecondMax,
    latencyMode: 'realtime',
  };
}

/** Best first. */
const candidates: readonly PictureCodec[] = ['avc', 'vp8'];
const trialSize: Size = { width: 320, height: 180 };
/** An encoder that has given nothing by the fourth frame keeps them to itself. */
const trialFrames = 4;
const trialMsMax = 1500;

let found: Promise<PictureCodec | null> | null = null;

/**
 * The codec that this browser encodes a picture with, or null where it has none. What a browser says that it supports need not
 * come out as it goes in (Firefox 153 keeps H.264 for more than a second), so each is tried once in a page, with a few frames.
 */
export function findPictureCodec(): Promise<PictureCodec | null> {
  found ??= tryAll();
  return found;
}

async function tryAll(): Promise<PictureCodec | null> {
  if (!('VideoEncoder' in window)) {
    return null;
  }
  // WebKitGTK's process ends where an encoder is asked for before anything else has begun with its media library.
  MediaRecorder.isTypeSupported('video/mp4');
  const givesAtOnce = await Promise.all(candidates.map((codec) => isPrompt(pictureConfig(codec, trialSize))));
  return candidates.find((_, index) => givesAtOnce[index]) ?? null;
}

async function isPrompt(config: VideoEncoderConfig): Promise<boolean> {
  const { supported } = await VideoEncoder.isConfigSupported(config).catch(() => ({ supported: false }));
  if (supported !== true) {
    return false;
  }
  return await new Promise((resolve) => {
    const answer = (gives: boolean) => {
      clearTimeout(patience);
      if (encoder.state !== 'closed') {
        encoder.close();
      }
      resolve(gives);
    };
    const patience = setTimeout(() => answer(false), trialMsMax);
    const encoder = new VideoEncoder({ output: () => answer(true), error: () => answer(false) });
    encoder.configure(config);
    const { width, height } = trialSize;
    for (let index = 0; index < trialFrames; index += 1) {
      const frame = new VideoFrame(new Uint8Array((width * height * 3) / 2), {
        format: 'I420',
        codedWidth: width,
        codedHeight: height,
        timestamp: Math.round((index * 1_000_000) / framesPerSecondMax),
      });
      encoder.encode(frame, { keyFrame: index === 0 });
      frame.close();
    }
  });
}
