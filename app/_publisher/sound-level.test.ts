import { expect, test } from 'vitest';
import { LevelMeter, needleAngle, silenceDb, soundLevel, zeroOnFaceDb } from './sound-level';

const tone = (amplitude: number) => Float32Array.from({ length: 4800 }, (_, index) => amplitude * Math.sin(index / 8));

test('a full tone peaks at 0 dB and has its mean 3 dB below; silence stays finite', () => {
  expect(soundLevel(tone(1)).peakDb).toBeCloseTo(0, 1);
  expect(soundLevel(tone(1)).rmsDb).toBeCloseTo(-3, 1);
  expect(soundLevel(tone(0.1)).peakDb).toBeCloseTo(-20, 1);
  expect(soundLevel(new Float32Array(100))).toEqual({ rmsDb: silenceDb, peakDb: silenceDb });
  expect(soundLevel(new Float32Array())).toEqual({ rmsDb: silenceDb, peakDb: silenceDb });
});

test('the needle rises at once and falls within 300 ms', () => {
  const meter = new LevelMeter();
  meter.add({ rmsDb: -10, peakDb: -6 }, 0);
  expect(meter.shown.rmsDb).toBe(-10);
  meter.add({ rmsDb: -60, peakDb: -60 }, 150);
  expect(meter.shown.rmsDb).toBeCloseTo(-20);
  meter.add({ rmsDb: -60, peakDb: -60 }, 1000);
  expect(meter.shown.rmsDb).toBe(-60);
});

test('five seconds without sound are called so, and the first word ends it', () => {
  const meter = new LevelMeter();
  for (let nowMs = 0; nowMs < 5000; nowMs += 100) {
    meter.add({ rmsDb: -60, peakDb: -60 }, nowMs);
  }
  expect(meter.word()).toBe('Too quiet');
  meter.add({ rmsDb: -60, peakDb: -60 }, 5000);
  expect(meter.word()).toBe('No sound');
  meter.add({ rmsDb: -20, peakDb: -9 }, 5100);
  expect(meter.word()).toBe('Good level');
});

test('clipping is too loud, and stays so long enough to be read', () => {
  const meter = new LevelMeter();
  meter.add({ rmsDb: -5, peakDb: -0.2 }, 0);
  meter.add({ rmsDb: -20, peakDb: -12 }, 1500);
  expect(meter.word()).toBe('Too loud');
  meter.add({ rmsDb: -20, peakDb: -12 }, 2500);
  expect(meter.word()).toBe('Good level');
});

test('the needle stands on the mark of its level and never leaves the face', () => {
  expect(needleAngle(zeroOnFaceDb)).toBe(18);
  expect(needleAngle(zeroOnFaceDb - 3)).toBe(0);
  const angles = Array.from({ length: 61 }, (_, index) => needleAngle(index - 60));
  expect(angles).toEqual([...angles].sort((a, b) => a - b));
  expect(Math.min(...angles)).toBeGreaterThanOrEqual(-50);
  expect(Math.max(...angles)).toBeLessThanOrEqual(46);
});
