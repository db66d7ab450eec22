const nonSync = 0x10000;
const dependsOnShift = 24;
const dependsOnOthers = 1;

/**
 * Whether a sample with these flags is a keyframe (ISO/IEC 14496-12, 8.8.3.1): not marked `sample_is_non_sync_sample`, and
 * not marked as depending on others.
 */
export function isKeyframe(sampleFlags: number): boolean {
  return (sampleFlags & nonSync) === 0 && ((sampleFlags >>> dependsOnShift) & 0x3) !== dependsOnOthers;
}
