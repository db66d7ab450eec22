import type { FrameRate } from '../../contract/profiles';
import { readAmf0 } from './amf0-reader';
import type { Amf0Value } from './amf0-value';

/**
 * What an encoder announces of its picture with `onMetaData`, as far as it is used; what it does not say is left out. Which
 * tracks there are is not taken from it: GStreamer announces them before it knows both.
 */
export type StreamMetadata = { readonly width?: number; readonly height?: number; readonly frameRate?: FrameRate };

const sideMax = 7680;
const framesPerSecondMax = 240;

/**
 * Reads a data message: `@setDataFrame "onMetaData" {…}`, or `onMetaData` alone as some encoders send it.
 *
 * @returns null for data of another kind
 * @throws RtmpFault when it is not AMF0
 */
export function readMetadata(payload: Buffer): StreamMetadata | null {
  const [first, ...others] = readAmf0(payload);
  const values = first === '@setDataFrame' ? others : [first, ...others];
  const facts = values[1];
  if (values[0] !== 'onMetaData' || !(facts instanceof Map)) {
    return null;
  }
  const width = wholeNumber(facts.get('width'), sideMax);
  const height = wholeNumber(facts.get('height'), sideMax);
  const frameRate = frameRateOf(facts.get('framerate') ?? facts.get('videoframerate'));
  return {
    ...(width !== null && height !== null && { width, height }),
    ...(frameRate !== null && { frameRate }),
  };
}

function wholeNumber(value: Amf0Value, max: number): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 2 && value <= max ? value : null;
}

/** In thousandths, as near as metadata comes to 30000/1001. */
function frameRateOf(value: Amf0Value): FrameRate | null {
  if (typeof value !== 'number' || !(value >= 1 && value <= framesPerSecondMax)) {
    return null;
  }
  return { numerator: Math.round(value * 1000), denominator: 1000 };
}
