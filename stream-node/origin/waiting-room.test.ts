import { expect, test } from 'vitest';
import { OriginServer } from '../testing/origin-server';
import { SyntheticStream } from '../testing/synthetic-stream';
import { type Client, WaitingRoom } from './waiting-room';

/** A client that leaves when it is told to. */
class TestClient implements Client {
  hasLeft = false;
  readonly #listeners = new Set<() => void>();

  onceLeft(listener: () => void): void {
    this.#listeners.add(listener);
  }

  offLeft(listener: () => void): void {
    this.#listeners.delete(listener);
  }

  leave(): void {
    this.hasLeft = true;
    for (const listener of this.#listeners) {
      listener();
    }
  }
}

const neverLeaves = new TestClient();

test('all that wait for the same thing share one wait, which ends when the last of them has gone', async () => {
  const room = new WaitingRoom({ holdMaxMs: 10_000, sliceMax: 500 });
  const place = {};
  const signals: AbortSignal[] = [];
  const begin = (signal: AbortSignal) => {
    signals.push(signal);
    return new Promise<void>(() => {});
  };
  const clients = [new TestClient(), new TestClient()];
  const outcomes = clients.map((client) => room.hold(place, 'part', begin, client));
  expect([signals.length, room.waiting]).toEqual([1, 2]);
  clients[0]?.leave();
  expect([await outcomes[0], signals[0]?.aborted]).toEqual(['left', false]);
  clients[1]?.leave();
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
  const leaving = new TestClient();
  const first = room.hold(place, 'part', () => Promise.resolve(), neverLeaves).then(() => leaving.leave());
  const second = room.hold(place, 'part', () => Promise.resolve(), leaving);
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
  await server.untilWaiting(clients);
  stream.publishParts(1);
  const answers = await Promise.all(blocked);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  expect(answers[0]?.text).toContain('DURATION=0.33333,URI="r-s0-1.2.m4s"');
}, 20_000);
