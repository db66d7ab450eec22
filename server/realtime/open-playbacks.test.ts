import { expect, test } from 'vitest';
import { delayFreshMs, OpenPlaybacks, playbackGraceMs, playbacksPerSocketMax } from './open-playbacks';

function opened() {
  const clock = { nowMs: 1000 };
  return { clock, playbacks: new OpenPlaybacks({ nowMs: () => clock.nowMs }) };
}

test('a playback counts once, however often it is started', () => {
  const { playbacks } = opened();
  playbacks.start('pbk_a', 'str_one', 'socket1');
  playbacks.start('pbk_a', 'str_one', 'socket1');
  expect(playbacks.viewersByStream()).toEqual(new Map([['str_one', 1]]));
});

test('a switch of stream moves the viewer and never counts them twice', () => {
  const { playbacks } = opened();
  playbacks.start('pbk_a', 'str_one', 'socket1');
  playbacks.start('pbk_a', 'str_two', 'socket1');
  expect(playbacks.viewersByStream()).toEqual(new Map([['str_two', 1]]));
});

test('a dropped socket is waited for, then its playbacks end', () => {
  const { clock, playbacks } = opened();
  playbacks.start('pbk_a', 'str_one', 'socket1');
  playbacks.socketGone('socket1');
  clock.nowMs += playbackGraceMs - 1;
  expect(playbacks.viewersByStream().get('str_one')).toBe(1);
  clock.nowMs += 1;
  expect(playbacks.viewersByStream().size).toBe(0);
});

test('a page that comes back on another socket within the grace keeps its one place', () => {
  const { clock, playbacks } = opened();
  playbacks.start('pbk_a', 'str_one', 'socket1');
  playbacks.start('pbk_a', 'str_one', 'socket2');
  playbacks.socketGone('socket1');
  clock.nowMs += playbackGraceMs * 10;
  expect(playbacks.viewersByStream().get('str_one')).toBe(1);
});

test('stopping twice, or what was never started, changes nothing', () => {
  const { playbacks } = opened();
  playbacks.start('pbk_a', 'str_one', 'socket1');
  playbacks.stop('pbk_a');
  playbacks.stop('pbk_a');
  playbacks.stop('pbk_unknown');
  playbacks.socketGone('socket1');
  expect(playbacks.viewersByStream().size).toBe(0);
});

test('one socket cannot pose as a crowd', () => {
  const { playbacks } = opened();
  for (let i = 0; i < playbacksPerSocketMax; i++) {
    expect(playbacks.start(`pbk_${i}`, 'str_one', 'socket1')).toBe(true);
  }
  expect(playbacks.start('pbk_more', 'str_one', 'socket1')).toBe(false);
  expect(playbacks.viewersByStream().get('str_one')).toBe(playbacksPerSocketMax);
});

test('the delays of a stream are what its live players said lately, each of itself', () => {
  const { clock, playbacks } = opened();
  for (const [id, delayMs] of [
    ['pbk_a', 900],
    ['pbk_b', 30_000],
    ['pbk_c', 1200.4],
  ] as const) {
    playbacks.start(id, 'str_one', id);
    playbacks.tellDelay(id, id, delayMs);
  }
  playbacks.start('pbk_other', 'str_two', 'pbk_other');
  playbacks.tellDelay('pbk_other', 'pbk_other', 5);
  playbacks.tellDelay('pbk_a', 'another socket', 1);
  expect(playbacks.delaysByStream()).toEqual(
    new Map([
      ['str_one', { delaysMs: [900, 1200, 30_000], players: 3 }],
      ['str_two', { delaysMs: [5], players: 1 }],
    ]),
  );
  playbacks.stop('pbk_c');
  expect(playbacks.delaysByStream().get('str_one')).toEqual({ delaysMs: [900, 30_000], players: 2 });
  clock.nowMs += delayFreshMs;
  expect(playbacks.delaysByStream()).toEqual(new Map());
});

test('of a crowd a fair sample of delays is told, and how many they are', () => {
  const { playbacks } = opened();
  for (let i = 0; i < 1001; i++) {
    playbacks.start(`pbk_${i}`, 'str_one', `socket${i}`);
    playbacks.tellDelay(`pbk_${i}`, `socket${i}`, i);
  }
  const { delaysMs = [], players } = playbacks.delaysByStream().get('str_one') ?? {};
  expect([players, delaysMs.length, delaysMs[0], delaysMs.at(-1)]).toEqual([1001, 200, 0, 1000]);
  expect(Math.abs((delaysMs[99] ?? 0) - 500)).toBeLessThan(5);
});
