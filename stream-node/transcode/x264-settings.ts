import type { NalUnit } from './avc-frame';

/** `nal_unit_type` of supplemental enhancement information (ISO/IEC 14496-10, table 7-1) */
const seiType = 6;

/** How x264 says it was set, as far as that tells what will come. */
export type X264Settings = {
  readonly keyframeEveryFrames: number;
  /** such a keyframe comes anywhere, and the next ones are counted from it */
  readonly setsKeyframesAtSceneChanges: boolean;
  /** bits per second; null: it keeps to no rate, or does not say */
  readonly bitrateMax: number | null;
};

/** x264 writes its settings as text beside its first frame; `null`: another encoder. */
export function readX264Settings(units: readonly NalUnit[]): X264Settings | null {
  const said = units.find(({ type, bytes }) => type === seiType && bytes.includes('x264 - core'));
  const text = said?.bytes.toString('latin1');
  const setting = (name: string) => {
    const [, value] = new RegExp(` ${name}=(\\d+)`).exec(text ?? '') ?? [];
    return value === undefined ? null : Number(value);
  };
  const keyframeEveryFrames = setting('keyint');
  if (keyframeEveryFrames === null) {
    return null;
  }
  const kilobitsMax = setting('vbv_maxrate');
  return {
    keyframeEveryFrames,
    setsKeyframesAtSceneChanges: setting('scenecut') !== 0,
    bitrateMax: kilobitsMax === null ? null : kilobitsMax * 1000,
  };
}
