import { expect, test } from 'vitest';
import type { VideoRendition } from '../contract/ladder';
import { videoCutPlan } from '../contract/profiles';
import { encodeFlvHeader, encodeFlvTag } from '../ingest/rtmp/flv-tag';
import { CopyFit } from './copy-fit';

const frameRate = { numerator: 30, denominator: 1 };
const rung: VideoRendition = { kind: 'video', id: '240p', width: 320, height: 240, frameRate, bitrate: 350_000 };
/** parts of 10 frames, segments of 60 */
const cut = videoCutPlan('balanced', frameRate);
const sps = Buffer.from('6742c00dd9', 'hex');
const pps = Buffer.from('68cb83cb20', 'hex');
const record = Buffer.concat([Buffer.from('0142c00dffe10005', 'hex'), sps, Buffer.from('010005', 'hex'), pps]);

type Frame = { timeMs: number; isKey: boolean; units: readonly Buffer[]; compositionMs?: number };

const nalUnit = (type: number, bytes = 500) => Buffer.concat([Buffer.of(type), Buffer.alloc(bytes, 0x55)]);
const x264 = (settings: string) =>
  Buffer.concat([Buffer.of(6), Buffer.from(`x264 - core 164 - options: cabac=0 ${settings}`)]);

/** A frame as a well-set encoder sends it, a keyframe every `gop`. */
function frame(slot: number, changes: Partial<Frame> = {}, gop = 60): Frame {
  const isKey = slot % gop === 0;
  return { timeMs: Math.round((slot * 1000) / 30), isKey, units: [nalUnit(isKey ? 5 : 1)], ...changes };
}

function tagOf({ timeMs, isKey, units, compositionMs = 0 }: Frame): Buffer {
  const head = Buffer.of(isKey ? 0x17 : 0x27, 1, 0, 0, 0);
  head.writeIntBE(compositionMs, 2, 3);
  const picture = units.flatMap((unit) => [lengthOf(unit), unit]);
  return encodeFlvTag({ kind: 'video', timestampMs: timeMs, payload: Buffer.concat([head, ...picture]) });
}

function lengthOf(unit: Buffer): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(unit.byteLength);
  return bytes;
}

const configOf = (bytes: Buffer) =>
  encodeFlvTag({ kind: 'video', timestampMs: 0, payload: Buffer.concat([Buffer.of(0x17, 0, 0, 0, 0), bytes]) });

/** What is said of a source with these frames, of the one that it is said of, and whether it was sure before. */
function look(frames: readonly Frame[], shiftSeconds = 0) {
  const fit = new CopyFit(rung, cut, shiftSeconds);
  const start = [encodeFlvHeader({ hasVideo: true, hasAudio: true }), configOf(record)];
  expect(start.map((tag) => fit.push(tag))).toEqual([null, null]);
  for (const [index, each] of frames.entries()) {
    const misfit = fit.push(tagOf(each));
    if (misfit !== null) {
      expect(fit.push(tagOf(frame(index + 1)))).toBe(misfit);
      return { misfit, index, isSure: fit.isSure };
    }
  }
  return { misfit: null, isSure: fit.isSure };
}

const fitting = (count: number, gop = 60) => Array.from({ length: count }, (_, slot) => frame(slot, {}, gop));
const changed = (slot: number, changes: Partial<Frame>, count = 130) => fitting(count).with(slot, frame(slot, changes));

test.each([30, 60, 20])('a keyframe every %i frames fits, and it is sure with the second one', (gop) => {
  expect(look(fitting(gop, gop))).toEqual({ misfit: null, isSure: false });
  expect(look(fitting(200, gop))).toEqual({ misfit: null, isSure: true });
});

test('what x264 says of itself is believed: at once, both ways', () => {
  const said = (settings: string) => look([frame(0, { units: [x264(settings), nalUnit(5)] })]);
  expect(said('keyint=60 scenecut=0 rc=cbr vbv_maxrate=350')).toEqual({ misfit: null, isSure: true });
  expect(said('keyint=60 scenecut=0 rc=crf crf=23.0')).toEqual({ misfit: null, isSure: false });
  expect(said('keyint=60 scenecut=40 rc=cbr vbv_maxrate=350').misfit).toBe(
    'its encoder sets keyframes where scenes change',
  );
  expect(said('keyint=250 scenecut=0').misfit).toBe('its keyframes are 250 frames apart');
  expect(said('keyint=60 scenecut=0 rc=cbr vbv_maxrate=2500').misfit).toBe('it has more than 350 kbit a second');
});

test('times may be rounded and uneven, and begin anywhere, as long as each frame is next to its slot', () => {
  const uneven = fitting(130).map((each, slot) => ({ ...each, timeMs: each.timeMs + 23 + (slot % 3) * 9 - 9 }));
  expect(look(uneven, -0.023)).toEqual({ misfit: null, isSure: true });
});

test.each<[string, readonly Frame[], number]>([
  ['its frames are not sent in the order they are shown in', changed(3, { compositionMs: 33 }), 3],
  ['frame 5 lies 33 ms off its slot', fitting(130).toSpliced(5, 1), 5],
  ['frame 7 lies -33 ms off its slot', fitting(130).toSpliced(6, 0, frame(6)), 7],
  ['frame 7 lies 15 ms off its slot', changed(7, { timeMs: 248 }), 7],
  ['keyframe 75 lies within a part of 10 frames', changed(75, { isKey: true, units: [nalUnit(5)] }), 75],
  ['keyframe 60 is no IDR frame', changed(60, { units: [nalUnit(1)] }), 60],
  ['frame 60 begins a segment and is no keyframe', changed(60, { isKey: false, units: [nalUnit(1)] }), 60],
  ['frame 0 begins a segment and is no keyframe', changed(0, { isKey: false, units: [nalUnit(1)] }), 0],
  ['the parameters of frame 9 are not those of the beginning', changed(9, { units: [nalUnit(7, 5), nalUnit(1)] }), 9],
  ['it has more than 350 kbit a second', changed(4, { units: [nalUnit(1, 45_000)] }), 4],
])('%s', (misfit, frames, index) => {
  expect(look(frames)).toMatchObject({ misfit, index });
});

test('parameters that only repeat what was said at the beginning change nothing; others do', () => {
  expect(look(changed(60, { units: [sps, pps, nalUnit(5)] }))).toEqual({ misfit: null, isSure: true });
  const fit = new CopyFit(rung, cut, 0);
  expect(fit.push(configOf(record))).toBeNull();
  expect(fit.push(configOf(record))).toBeNull();
  expect(fit.push(configOf(Buffer.concat([record, Buffer.of(0)])))).toBe('its parameters changed');
  expect(new CopyFit(rung, cut, 0).push(configOf(Buffer.from('0142c00dfe', 'hex')))).toBe(
    'the lengths of its NAL units are not of four bytes',
  );
});
