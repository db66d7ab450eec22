import { expect, test } from 'vitest';
import { LagTarget, type LatencyTargets, latencyTargets, steer } from './latency-controller';

const balanced = latencyTargets('video', 'balanced');

type Line = {
  seconds: number;
  partSeconds: number;
  /** how late the part with this end arrives, beyond its end, in seconds */
  delay: (endSeconds: number) => number;
  targets?: LatencyTargets;
  startLagSeconds?: number;
};

/** A player on a simulated line: parts arrive, the playhead moves at the controller's rate, and stalls where it is dry. */
function play({ seconds, partSeconds, delay, targets = balanced, startLagSeconds = 2 }: Line) {
  const target = new LagTarget(targets);
  const step = 0.01;
  let end = 0;
  let playhead = -1;
  let rate = 1;
  let stalls = 0;
  let isStalled = false;
  const lags: number[] = [];
  const rates: number[] = [];
  const stallTimes: number[] = [];
  for (let now = 0; now < seconds; now += step) {
    while (end + partSeconds + delay(end + partSeconds) <= now) {
      target.arrived({ atSeconds: now, endBefore: end, endAfter: end + partSeconds });
      end += partSeconds;
    }
    if (playhead < 0) {
      playhead = end > 0 && now >= startLagSeconds ? Math.max(0, now - startLagSeconds) : -1;
      continue;
    }
    const moved = Math.min(end, playhead + step * rate);
    const isDry = moved >= end && playhead + step * rate > end;
    if (isDry && !isStalled) {
      stalls += 1;
      stallTimes.push(now);
      target.stalled(now);
    }
    isStalled = isDry;
    playhead = moved;
    const aim = target.at(now);
    const steering = aim === null ? { rate: 1, jumpSeconds: 0 } : steer(now - playhead - aim, end - playhead, rate);
    playhead += steering.jumpSeconds;
    rate = steering.rate;
    lags.push(now - playhead);
    rates.push(rate);
  }
  const late = lags.slice(Math.floor(lags.length / 2)).sort((a, b) => a - b);
  const p95 = late[Math.floor(late.length * 0.95)] ?? Number.NaN;
  return { stalls, stallTimes, p95, lags, rates };
}

test('on an even line it settles at part, delay and margin, without a stall', () => {
  const { stalls, p95 } = play({ seconds: 30, partSeconds: 1 / 3, delay: () => 0.05 });
  expect(stalls).toBe(0);
  expect(p95).toBeLessThan(1 / 3 + 0.05 + balanced.marginSeconds + 0.06);
  expect(p95).toBeGreaterThan(1 / 3 + 0.05 + balanced.marginSeconds - 0.06);
});

test('the lower profile settles lower', () => {
  const targets = latencyTargets('video', 'lowest-latency');
  const { stalls, p95 } = play({ seconds: 30, partSeconds: 0.2, delay: () => 0.05, targets });
  expect(stalls).toBe(0);
  expect(p95).toBeLessThan(0.53);
});

test('with the shortest delay one late part is soon forgotten, and the rate comes to rest', () => {
  const targets = latencyTargets('video', 'lowest-latency');
  const delay = (end: number) => (end > 20 && end < 20.3 ? 0.35 : 0.05);
  const { lags, rates } = play({ seconds: 50, partSeconds: 0.2, delay, targets });
  const lagAt = (seconds: number) => lags[Math.floor((seconds - 2) * 100)] ?? Number.NaN;
  expect(lagAt(32)).toBeLessThan(lagAt(18) + 0.05);
  expect(new Set(rates.slice(-500))).toEqual(new Set([1]));
});

test('the rate does not swing where parts come unevenly', () => {
  const delay = (end: number) => 0.05 + 0.04 * Math.abs(Math.sin(end * 7));
  const { rates } = play({ seconds: 60, partSeconds: 0.2, delay, targets: latencyTargets('video', 'lowest-latency') });
  const late = rates.slice(2000);
  expect(late.filter((rate) => rate !== 1).length / late.length).toBeLessThan(0.1);
});

test('parts that come in pairs, as where every other playlist is left out, are followed as those that come one by one', () => {
  const targets = latencyTargets('audio', 'balanced');
  const partSeconds = 0.512;
  const delay = (end: number) => (Math.round(end / partSeconds) % 2 === 1 ? partSeconds + 0.1 : 0.15);
  const { stalls, lags } = play({ seconds: 40, partSeconds, delay, targets, startLagSeconds: 19 });
  expect(stalls).toBe(0);
  expect(lags.findIndex((lag) => lag < 2) * 0.01).toBeLessThan(5);
  expect(Math.max(...lags.slice(-1000))).toBeLessThan(2 * partSeconds + 0.15 + targets.marginSeconds + 0.1);
});

test('it gets near the edge within five seconds of joining two seconds behind', () => {
  const { lags } = play({ seconds: 10, partSeconds: 1 / 3, delay: () => 0.05 });
  const within = lags.findIndex((lag) => lag < 0.85);
  expect(within * 0.01).toBeLessThan(5);
});

test('a line with jitter and a hiccup every ten seconds does not stall once it is known', () => {
  let seed = 7;
  const random = () => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const delays = new Map<number, number>();
  const delay = (end: number) => {
    const known = delays.get(end);
    if (known !== undefined) {
      return known;
    }
    const made = 0.16 + random() * 0.08 + (end % 10 < 1 / 3 ? 0.4 : 0);
    delays.set(end, made);
    return made;
  };
  const { stallTimes, p95 } = play({ seconds: 120, partSeconds: 1 / 3, delay });
  expect(stallTimes.filter((time) => time > 20)).toEqual([]);
  expect(p95).toBeLessThan(1.3);
});

test('a line that grew worse is believed, and forgotten when it is well again', () => {
  const delay = (end: number) => (end > 20 && end < 40 && Math.floor(end) % 4 === 0 ? 0.7 : 0.05);
  const { lags, stallTimes } = play({ seconds: 150, partSeconds: 1 / 3, delay });
  const lagAt = (seconds: number) => lags[Math.floor((seconds - 2) * 100)] ?? Number.NaN;
  expect(lagAt(39)).toBeGreaterThan(lagAt(18) + 0.2);
  expect(lagAt(148)).toBeLessThan(lagAt(18) + 0.1);
  expect(stallTimes.filter((time) => time > 26)).toEqual([]);
});

test('after an outage of ten seconds it comes back to where it was', () => {
  const delay = (end: number) => (end > 20 && end < 30 ? 30 - end + 0.05 : 0.05);
  const { lags } = play({ seconds: 60, partSeconds: 1 / 3, delay });
  const lagAt = (seconds: number) => lags[Math.floor((seconds - 2) * 100)] ?? Number.NaN;
  expect(lagAt(40)).toBeLessThan(lagAt(18) + 0.4);
});

test('the rate stays between 0.95 and 1.25', () => {
  for (let excess = -3; excess < 3; excess += 0.01) {
    const { rate } = steer(excess, 10);
    expect(rate).toBeGreaterThanOrEqual(0.95);
    expect(rate).toBeLessThanOrEqual(1.25);
  }
});

test('it never jumps past what is buffered', () => {
  expect(steer(8, 2).jumpSeconds).toBeLessThanOrEqual(1.6);
  expect(steer(8, 0.05).jumpSeconds).toBe(0);
  expect(steer(1, 10).jumpSeconds).toBe(0);
});

test('it does nothing until enough has arrived', () => {
  const target = new LagTarget(balanced);
  target.arrived({ atSeconds: 1, endBefore: 0, endAfter: 0.3 });
  expect(target.at(1)).toBeNull();
});

test('media that lay ready at the join does not count as late', () => {
  const target = new LagTarget(balanced);
  for (let index = 0; index < 6; index += 1) {
    target.arrived({ atSeconds: 10 + index * 0.02, endBefore: index / 3, endAfter: (index + 1) / 3 });
  }
  for (let index = 6; index < 20; index += 1) {
    target.arrived({ atSeconds: 8.4 + index / 3, endBefore: index / 3, endAfter: (index + 1) / 3 });
  }
  expect(target.at(16)).toBeCloseTo(8.4 + balanced.marginSeconds, 2);
});

test('what a player fetches late does not count, for it could have come earlier', () => {
  const target = new LagTarget(balanced);
  const arrive = (index: number, lateSeconds: number, behindSeconds: number) => {
    const endAfter = (index + 1) / 3;
    const atSeconds = 10 + index / 3 + lateSeconds;
    target.arrived({ atSeconds, endBefore: index / 3, endAfter, edge: endAfter + behindSeconds });
  };
  for (let index = 0; index < 8; index += 1) {
    arrive(index, 0.9, 0.9);
  }
  expect(target.at(14)).toBeNull();
  for (let index = 8; index < 16; index += 1) {
    arrive(index, 0, index % 2 === 0 ? 1 / 3 : 0);
  }
  expect(target.at(16)).toBeCloseTo(10 + balanced.marginSeconds, 2);
});

test('a player whose line brings everything late is steered all the same', () => {
  const target = new LagTarget(balanced);
  for (let index = 0; index < 30; index += 1) {
    const endAfter = (index + 1) / 3;
    target.arrived({ atSeconds: 11 + index / 3, endBefore: index / 3, endAfter, edge: endAfter + 0.9 });
  }
  expect(target.at(21)).toBeCloseTo(11 + balanced.marginSeconds, 2);
});

test('a line that is three seconds longer from now on is accepted within ten', () => {
  const delay = (end: number) => (end > 20 ? 3.05 : 0.05);
  const { lags, stallTimes } = play({ seconds: 90, partSeconds: 1 / 3, delay });
  expect(lags.at(-1)).toBeLessThan(3.05 + 1 / 3 + balanced.marginSeconds + 0.5);
  expect(stallTimes.filter((time) => time > 35)).toEqual([]);
});

test('with nothing ahead it does not hurry', () => {
  expect(steer(0.5, 0.05)).toEqual({ rate: 1, jumpSeconds: 0 });
  expect(steer(5, 0.05)).toEqual({ rate: 1, jumpSeconds: 0 });
});
