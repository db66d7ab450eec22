import { expect, test } from 'vitest';
import { OriginServer } from '../testing/origin-server';
import { SyntheticStream } from '../testing/synthetic-stream';
import { WaitingRoom } from './waiting-room';

const neverLeaves = new AbortController().signal;

test('all that wait for the same thing share one wait, which ends when the last of them has gone', async () => {
  const room = new WaitingRoom({ holdMaxMs: 10_000, sliceMax: 500 });
  const place = {};
  const signals: AbortSignal[] = [];
  const begin = (signal: AbortSignal) => {
    signals.push(signal);
    return new Promise<void>(() => {});
  };
  const clients = [new AbortController(), new AbortController()];
  const outcomes = clients.map(({ signal }) => room.hold(place, 'part', begin, signal));
  expect([signals.length, room.waiting]).toEqual([1, 2]);
  clients[0]?.abort();
  expect([await outcomes[0], signals[0]?.aborted]).toEqual(['left', false]);
  clients[1]?.abort();
  expect([await outcomes[1], signals[0]?.aborted, room.waiting]).toEqual(['left', true, 0]);
});

test('who waits is released in slices, and between two slices the event loop turns', async () => {
  const room = new WaitingRoom({ holdMaxMs: 10_000, sliceMax: 2 });
  let publish = () => {};
  const published = new Promise<void>((resolve) => {
    publish = resolve;
  });
  const order: string[] = [];
  const waits = [1, 2, 3, 4, 5].map((client) =>
    room.hold({}, 'x', () => published, neverLeaves).then(() => order.push(`other ${client}`)),
  );
  const place = {};
  const shared = ['a', 'b', 'c', 'd', 'e'].map((client) =>
    room.hold(place, 'part', () => published, neverLeaves).then(() => order.push(client)),
  );
  publish();
  setImmediate(() => order.push('a turn'));
  await Promise.all([...waits, ...shared]);
  const own = order.filter((entry) => !entry.startsWith('other'));
  expect(own).toEqual(['a', 'b', 'a turn', 'c', 'd', 'e']);
  expect(room.waiting).toBe(0);
});

test('who has gone between two slices is not answered twice', async () => {
  const room = new WaitingRoom({ holdMaxMs: 10_000, sliceMax: 1 });
  const place = {};
  const leaving = new AbortController();
  const first = room.hold(place, 'part', () => Promise.resolve(), neverLeaves).then(() => leaving.abort());
  const second = room.hold(place, 'part', () => Promise.resolve(), leaving.signal);
  await first;
  expect([await second, room.waiting]).toEqual(['left', 0]);
});

test('500 clients that are blocked on one part all get it, from one printed playlist', async () => {
  using stream = new SyntheticStream();
  stream.publishParts(8);
  await using server = await OriginServer.start([stream]);
  const clients = 500;
  const blocked = Array.from({ length: clients }, () =>
    server.ask('/stream/str_synthetic234/360p/media.m3u8?_HLS_msn=1&_HLS_part=2', {
      headers: { 'accept-encoding': 'gzip' },
    }),
  );
  await expect.poll(() => server.origin.waiting(), { timeout: 5000 }).toBe(clients);
  const publishedAt = performance.now();
  stream.publishParts(1);
  const answers = await Promise.all(blocked);
  const tookMs = performance.now() - publishedAt;
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  expect(answers[0]?.text).toContain('DURATION=0.33333,URI="r-s0-1.2.m4s"');
  expect(tookMs).toBeLessThan(1500);
});
