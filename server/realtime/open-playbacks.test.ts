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

test('the delay of a stream is the median of what its live players said lately, each of itself', () => {
  const { clock, playbacks } = opened();
  for (const [id, delayMs] of [
    ['pbk_a', 900],
    ['pbk_b', 1200],
    ['pbk_c', 30_000],
  ] as const) {
    playbacks.start(id, 'str_one', id);
    playbacks.tellDelay(id, id, delayMs);
  }
  playbacks.start('pbk_other', 'str_two', 'pbk_other');
  playbacks.tellDelay('pbk_other', 'pbk_other', 5);
  playbacks.tellDelay('pbk_a', 'another socket', 1);
  expect(playbacks.delayOf('str_one')).toEqual({ medianMs: 1200, players: 3 });
  playbacks.stop('pbk_c');
  expect(playbacks.delayOf('str_one')).toEqual({ medianMs: 900, players: 2 });
  clock.nowMs += delayFreshMs;
  expect(playbacks.delayOf('str_one')).toBeNull();
});
