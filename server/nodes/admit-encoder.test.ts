import { createHash } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, describe, expect, test } from 'vitest';
import { streamKeys, streams } from '../../db/schema';
import { newId } from '../../stream-node/contract/ids';
import { rtmpAdmissionPath } from '../../stream-node/contract/rtmp-admission';
import { callerOf, testContext, testNodeSecret } from '../testing/test-context';
import { openTestEvent } from '../testing/test-event';
import { nodeSnapshot, observedStream } from '../testing/test-node';
import { startTestWeb } from '../testing/test-web';
import { admitEncoder } from './admit-encoder';
import { receiveSnapshot } from './receive-snapshot';

const [nodeA, nodeB] = [newId('node'), newId('node')];
const rtmpUrl = 'rtmp://127.0.0.1:1935/live';
const { database, owner, eventId } = await openTestEvent();
afterAll(async () => await database.close());

const hashOf = (streamKey: string) => createHash('sha256').update(streamKey).digest('hex');
const calls = () => callerOf(database, owner).streams;
const report = async (nodeId: string, observed: ReturnType<typeof observedStream>[] = []) =>
  await receiveSnapshot(testContext(database), nodeSnapshot({ nodeId, rtmpUrl, streams: observed }));
const ask = async (streamKey: string, nodeId = nodeA) =>
  await admitEncoder(testContext(database), { nodeId, keyHash: hashOf(streamKey) });

/** A stream on node A, and the key that its maker is told. */
async function create(): Promise<{ streamId: string; streamKey: string }> {
  await report(nodeA);
  const input = { eventId, name: 'A voice', kind: 'video' as const, language: 'ne', record: true };
  const { stream, publish } = await calls().create(input);
  await database.db.update(streams).set({ nodeId: nodeA }).where(eq(streams.id, stream.id));
  expect(publish.rtmp?.url).toBe(rtmpUrl);
  return { streamId: stream.id, streamKey: publish.rtmp?.streamKey ?? '' };
}

describe('an encoder with a stream key', () => {
  test('is let in at the node that has the stream, and the use is noted', async () => {
    const { streamId, streamKey } = await create();
    expect((await calls().health({ streamId })).keyLastUsedAt).toBeNull();
    expect(await ask(streamKey)).toEqual({ ok: true, streamId, epoch: 1 });
    expect((await calls().health({ streamId })).keyLastUsedAt).toBeInstanceOf(Date);
  });

  test('takes its stream over to the node it reached, once, and the former node hears of the higher epoch', async () => {
    const { streamId, streamKey } = await create();
    await report(nodeA, [observedStream(streamId)]);
    await report(nodeB);
    expect(await ask(streamKey, nodeB)).toEqual({ ok: true, streamId, epoch: 2 });
    expect(await ask(streamKey, nodeB)).toEqual({ ok: true, streamId, epoch: 2 });
    expect((await calls().get({ streamId })).stream.state).toBe('interrupted');
    const toldA = (await report(nodeA, [observedStream(streamId)])).streams.find((one) => one.streamId === streamId);
    expect(toldA).toMatchObject({ epoch: 2, action: 'end' });
    const toldB = (await report(nodeB)).streams.find((one) => one.streamId === streamId);
    expect(toldB).toMatchObject({ epoch: 2, action: 'run', streamKeyHash: hashOf(streamKey) });
  });

  test('gets the same answer for a key that was rotated, revoked or never was', async () => {
    const { streamId, streamKey } = await create();
    const { rtmp } = await calls().rotateKey({ streamId });
    const rotated = await ask(streamKey);
    expect(await ask(rtmp.streamKey)).toMatchObject({ ok: true, streamId });
    await calls().revokeKey({ streamId });
    expect(await ask(rtmp.streamKey)).toEqual(rotated);
    expect(await ask('sk_never-was-a-key-of-anybody')).toEqual(rotated);
    expect(rotated).toMatchObject({ ok: false, code: 'bad_key' });
  });

  test('is told that its stream is over', async () => {
    const { streamId, streamKey } = await create();
    await calls().end({ streamId });
    expect(await ask(streamKey)).toMatchObject({ ok: false, code: 'stream_over' });
    await expect(calls().rotateKey({ streamId })).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  test('is sent away by a node that the web does not know', async () => {
    const { streamKey } = await create();
    expect(await ask(streamKey, newId('node'))).toMatchObject({ ok: false, code: 'node_not_ready' });
  });
});

test('only a node with the secret may ask, and only by a hash', async () => {
  const web = await startTestWeb(database);
  const post = async (secret: string, body: object) =>
    await fetch(`${web.url}${rtmpAdmissionPath}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
      body: JSON.stringify(body),
    });
  try {
    const { streamId, streamKey } = await create();
    const request = { nodeId: nodeA, keyHash: hashOf(streamKey) };
    expect((await post('not the secret', request)).status).toBe(401);
    const faulty = await post(testNodeSecret, { nodeId: nodeA, keyHash: streamKey });
    expect(faulty.status).toBe(400);
    expect(await faulty.text()).not.toContain(streamKey);
    expect(await (await post(testNodeSecret, request)).json()).toEqual({ ok: true, streamId, epoch: 1 });
  } finally {
    await web.close();
  }
});

test('a stream key is stored as its hash alone, one for a stream', async () => {
  const { streamId, streamKey } = await create();
  await calls().rotateKey({ streamId });
  const { rtmp } = await calls().rotateKey({ streamId });
  const rows = await database.db.select().from(streamKeys).where(eq(streamKeys.streamId, streamId));
  expect(rows).toMatchObject([{ keyHash: hashOf(rtmp.streamKey), lastUsedAt: null }]);
  expect(JSON.stringify(rows)).not.toContain(rtmp.streamKey);
  expect(JSON.stringify(rows)).not.toContain(streamKey);
});

test('where no node takes encoders, a stream is made all the same', async () => {
  await receiveSnapshot(testContext(database), nodeSnapshot({ nodeId: nodeA, rtmpUrl: null }));
  await receiveSnapshot(testContext(database), nodeSnapshot({ nodeId: nodeB, rtmpUrl: null }));
  const input = { eventId, name: 'A voice', kind: 'audio' as const, language: 'ne', record: true };
  const { stream, publish } = await calls().create(input);
  expect(publish.rtmp).toBeNull();
  await expect(calls().rotateKey({ streamId: stream.id })).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
});
