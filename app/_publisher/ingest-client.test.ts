import { expect, test } from 'vitest';
import { type IngestAccess, RenewalRefused } from './ingest-access';
import { IngestClient } from './ingest-client';
import type { IngestClientOptions } from './ingest-client-options';
import { ContractNode, openNodeSocket } from './testing/contract-node';

const session = 'rec_testtesttest';

function connect(node: ContractNode, changes: Partial<IngestClientOptions> = {}) {
  const client = new IngestClient({
    access: { websocketUrl: node.url, grant: 'grant-1' },
    renewAccess: async () => ({ websocketUrl: node.url, grant: 'grant-2' }),
    hello: {
      streamId: 'str_testtesttest',
      recorderSession: session,
      mime: 'audio/webm;codecs=opus',
      container: 'matroska',
      hasVideo: false,
      hasAudio: true,
    },
    openSocket: openNodeSocket,
    delays: { firstMs: 5, longestMs: 20 },
    ...changes,
  });
  return { client, [Symbol.dispose]: () => client.close() };
}

const chunk = (index: number) => new Uint8Array([index % 256, 1, 2, 3]);
const counting = (count: number) => Array.from({ length: count }, (_, index) => index);

function sendChunks(client: IngestClient, from: number, to: number) {
  for (let index = from; index < to; index += 1) {
    client.send(chunk(index), 1_795_000_000_000 + index * 60);
  }
}

test('the clock is measured and told before the first chunk, to within the round trip', async () => {
  await using node = await ContractNode.start();
  node.clockAheadMs = -5000;
  using connection = connect(node);
  sendChunks(connection.client, 0, 3);
  await node.until(() => node.sequences(session).length === 3);
  expect(node.heard.slice(0, 7)).toEqual(['hello', 'ping', 'ping', 'ping', 'ping', 'ping', 'clock']);
  expect(Math.abs((node.clockOffsets[0] ?? 0) - -5000)).toBeLessThan(50);
});

test('after a cut, exactly what was not acknowledged is sent again', async () => {
  await using node = await ContractNode.start();
  using connection = connect(node);
  const { client } = connection;
  for (let round = 0; round < 5; round += 1) {
    sendChunks(client, round * 20, round * 20 + 20);
    await node.until(() => node.sequences(session).length >= round * 20 + 7);
    node.cut();
  }
  sendChunks(client, 100, 120);
  await client.finish();
  expect(node.sequences(session)).toEqual(counting(120));
  expect(node.journal.get(session)?.map((taken) => taken.bytes[0])).toEqual(counting(120));
  expect(client.queueLength).toEqual({ chunks: 0, bytes: 0, seconds: 0 });
});

test('a node that was away is found again, and all that was captured meanwhile arrives', async () => {
  const first = await ContractNode.start();
  using connection = connect(first);
  const { client } = connection;
  sendChunks(client, 0, 5);
  await first.until(() => first.sequences(session).length === 5);
  const journal = first.journal.get(session) ?? [];
  const { port } = first;
  await first[Symbol.asyncDispose]();
  sendChunks(client, 5, 50);
  await using second = await ContractNode.start(port);
  second.journal.set(session, journal);
  await client.finish();
  expect(second.sequences(session)).toEqual(counting(50));
});

test('acknowledgements out of order or for chunks never sent free no more than they should', async () => {
  await using node = await ContractNode.start();
  node.isAcknowledging = false;
  using connection = connect(node);
  const { client } = connection;
  sendChunks(client, 0, 10);
  await node.until(() => node.sequences(session).length === 10);
  const acks: number[] = [];
  const allHeard = new Promise<void>((resolve) => {
    client.on('ack', ({ sequence }) => {
      acks.push(sequence);
      if (acks.length === 3) {
        resolve();
      }
    });
  });
  node.sayToAll({ type: 'ack', sequence: 6 });
  node.sayToAll({ type: 'ack', sequence: 2 });
  node.sayToAll({ type: 'ack', sequence: 6 });
  await allHeard;
  expect(client.queueLength.chunks).toBe(3);
});

test('an expired grant is renewed once and the session goes on without a hole', async () => {
  await using node = await ContractNode.start();
  using connection = connect(node);
  const { client } = connection;
  sendChunks(client, 0, 10);
  await node.until(() => node.sequences(session).length === 10);
  node.refuseAll('grant_expired');
  sendChunks(client, 10, 20);
  await client.finish();
  expect(node.sequences(session)).toEqual(counting(20));
  expect(node.grants).toEqual(['grant-1', 'grant-2']);
});

test('a stream that moved needs a new session at its node; the rest of this one stays for the node that has its beginning', async () => {
  await using old = await ContractNode.start();
  await using next = await ContractNode.start();
  using connection = connect(old, { renewAccess: async () => ({ websocketUrl: next.url, grant: 'grant-2' }) });
  const { client } = connection;
  const leftBehind = new Promise((resolve) => client.on('leftBehind', resolve));
  sendChunks(client, 0, 10);
  await old.until(() => old.sequences(session).length === 10);
  // The acknowledgements must have come back, or the whole session could be sent again.
  await new Promise<void>((resolve) => {
    client.on('ack', ({ sequence }) => sequence === 10 && resolve());
    sendChunks(client, 10, 11);
  });
  old.refuseAll('stream_not_here');
  sendChunks(client, 11, 12);
  await expect(leftBehind).resolves.toMatchObject({ chunks: 1 });
  expect(client.state).toBe('detached');
  expect(next.hellos).toEqual([]);
});

test('a stream that moved is followed to its node by a session of which nothing was acknowledged yet', async () => {
  await using old = await ContractNode.start();
  await using next = await ContractNode.start();
  old.refuseNextHello = { code: 'stream_not_here', retryable: true };
  using connection = connect(old, { renewAccess: async () => ({ websocketUrl: next.url, grant: 'grant-2' }) });
  sendChunks(connection.client, 0, 10);
  await connection.client.finish();
  expect(next.sequences(session)).toEqual(counting(10));
});

test('a refusal that no retry can cure ends the session with its code', async () => {
  await using node = await ContractNode.start();
  node.refuseNextHello = { code: 'replaced', retryable: false };
  using connection = connect(node);
  const { client } = connection;
  await expect(new Promise((resolve) => client.on('refused', resolve))).resolves.toMatchObject({ code: 'replaced' });
  expect(client.state).toBe('refused');
  await expect(client.finish()).rejects.toThrow('replaced');
});

test('a web that will not renew ends the session; a web that is away is asked again', async () => {
  await using node = await ContractNode.start();
  let asked = 0;
  const renewAccess = async (): Promise<IngestAccess> => {
    asked += 1;
    throw asked < 3 ? new Error('offline') : new RenewalRefused('The stream is over.');
  };
  node.refuseNextHello = { code: 'grant_expired', retryable: false };
  using connection = connect(node, { renewAccess });
  const refusal = await new Promise((resolve) => connection.client.on('refused', resolve));
  expect(refusal).toEqual({ code: 'not_allowed', message: 'The stream is over.' });
  expect(asked).toBe(3);
});

test('a line that is open and says nothing is taken for dead', async () => {
  await using node = await ContractNode.start();
  let nowMs = 0;
  using connection = connect(node, { nowMs: () => nowMs, silenceMsMax: 6000 });
  node.isSilent = true;
  await node.until(() => node.heard.length === 1);
  node.isSilent = false;
  nowMs = 10_000;
  sendChunks(connection.client, 0, 2);
  await node.until(() => node.sequences(session).length === 2);
  expect(node.grants.length).toBeGreaterThan(0);
});

test('a full queue says so and takes nothing, so that no hole can appear', async () => {
  await using node = await ContractNode.start();
  node.isAcknowledging = false;
  using connection = connect(node, { queueBytesMax: 10 });
  const { client } = connection;
  let overflows = 0;
  client.on('overflow', () => {
    overflows += 1;
  });
  expect([0, 1, 2].map((index) => client.send(chunk(index), index))).toEqual([true, true, false]);
  expect(overflows).toBe(1);
  node.isAcknowledging = true;
  await client.finish();
  expect(node.sequences(session)).toEqual([0, 1]);
});

test('finish settles only when the node has everything, across a cut at the worst moment', async () => {
  await using node = await ContractNode.start();
  node.isAcknowledging = false;
  using connection = connect(node);
  const { client } = connection;
  sendChunks(client, 0, 30);
  const finished = client.finish();
  await node.until(() => node.sequences(session).length >= 10);
  node.cut();
  await finished;
  expect(client.state).toBe('finished');
  expect(node.sequences(session)).toEqual(counting(30));
});

test('a session waits for the one before it, and takes chunks meanwhile', async () => {
  await using node = await ContractNode.start();
  let release = () => {};
  const before = new Promise<void>((resolve) => {
    release = resolve;
  });
  using connection = connect(node, { connectAfter: before });
  sendChunks(connection.client, 0, 3);
  expect(connection.client.queueLength.chunks).toBe(3);
  expect(node.heard).toEqual([]);
  release();
  await connection.client.finish();
  expect(node.sequences(session)).toEqual([0, 1, 2]);
});
