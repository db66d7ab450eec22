/**
 * When was the first sample of a recording captured? Every chunk is stamped with that instant plus its time in the
 * container, and the whole event clock hangs on it.
 *
 * What was measured (Chromium 156, time painted into a canvas and a beep at a known time, decoded from the recording):
 *
 * - **Picture.** Container times follow the capture times of the frames to the millisecond. The first frame recorded is
 *   the first one captured after `start()` was called: a canvas or a screen is captured anew at that very moment, a camera
 *   gives its next frame. `requestVideoFrameCallback` on the same track tells each frame's capture time, so the first
 *   frame at or after the call is the origin. Which one it is, is checked by laying the distances of the next recorded
 *   frames over the frames seen (`frameOrigin`).
 * - **Sound.** The first sample recorded is the first one rendered after the call. But beside a picture Chromium stamps
 *   a packet of 60 ms with the arrival of its last 10 ms, so that the sound lies about 50 ms late in the container; without
 *   a picture its time starts at zero. A sound reaches the recorder `soundPathMs` after it was made.
 *
 * So the sound is moved to begin at zero in the container, the instant it was captured becomes the origin, and the picture
 * is moved to where its own origin lies from there (matroska-retimer.ts). Both tracks are then true, and in step.
 */

/**
 * From a sound at the microphone to the recorder: the device's own buffer and the two hops through the audio graph.
 * Measured 23 to 44 ms, most often 30.
 */
export const soundPathMs = 30;

/** A frame seen this long before the call can be the one captured at the call: the two clocks are read one after the other. */
const callSlackMs = 4;
/** recorded frames that are laid over the frames seen */
const framesCompared = 4;

/**
 * The page time of the recorder's first frame. `frameTimesMs`: capture times of the frames seen on the track, page clock;
 * `containerTimesMs`: container times of the first recorded frames. Falls back to the call itself when no frame was seen,
 * as in a hidden page; it is then wrong by a frame at most.
 */
export function frameOriginMs(
  startCalledAtMs: number,
  frameTimesMs: readonly number[],
  containerTimesMs: readonly number[],
): number {
  const first = containerTimesMs[0] ?? 0;
  const distances = containerTimesMs.slice(1, framesCompared).map((timeMs) => timeMs - first);
  let best = { originMs: startCalledAtMs, misfitMs: Number.POSITIVE_INFINITY };
  for (const originMs of frameTimesMs) {
    if (originMs < startCalledAtMs - callSlackMs) {
      continue;
    }
    const misfitMs = distances.reduce((sum, distance) => sum + nearestMs(frameTimesMs, originMs + distance), 0);
    // Among fits that are as good, the earliest is the first frame after the call.
    if (misfitMs < best.misfitMs - 2 * Math.max(1, distances.length)) {
      best = { originMs, misfitMs };
    }
  }
  return Math.max(startCalledAtMs, best.originMs) - first;
}

function nearestMs(timesMs: readonly number[], wantedMs: number): number {
  return timesMs.reduce((least, timeMs) => Math.min(least, Math.abs(timeMs - wantedMs)), Number.POSITIVE_INFINITY);
}

export type CaptureTiming = {
  /** page time of container time zero, after the shifts */
  originMs: number;
  videoShiftMs: number;
  audioShiftMs: number;
};

/**
 * The origin of a recording, and by how much its tracks are moved. `videoOriginMs`: page time of the container's zero by
 * its picture, null without one; `firstAudioMs`: container time of the first sound, null when none has come yet.
 */
export function captureTiming(
  startCalledAtMs: number,
  videoOriginMs: number | null,
  firstAudioMs: number | null,
): CaptureTiming {
  if (firstAudioMs === null) {
    return { originMs: videoOriginMs ?? startCalledAtMs, videoShiftMs: 0, audioShiftMs: 0 };
  }
  const originMs = startCalledAtMs - soundPathMs;
  const videoShiftMs = videoOriginMs === null ? 0 : Math.round(videoOriginMs - originMs);
  return { originMs, videoShiftMs, audioShiftMs: -firstAudioMs };
}
