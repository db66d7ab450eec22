import { exportJWK, generateKeyPair } from 'jose';
import { expect, test } from 'vitest';
import type { Grant } from '../contract/grants';
import { mediaPath } from '../contract/media-urls';
import { type GrantPrivateKey, signGrant } from '../contract/signing';
import { OriginServer } from '../testing/origin-server';
import { SyntheticStream } from '../testing/synthetic-stream';

async function newKey(): Promise<GrantPrivateKey> {
  const { privateKey } = await generateKeyPair('EdDSA', { extractable: true });
  const jwk = await exportJWK(privateKey);
  return { kty: 'OKP', crv: 'Ed25519', x: jwk.x ?? '', d: jwk.d ?? '' };
}

const key = await newKey();
const nowMs = Date.parse('2026-11-21T12:00:00Z');
const streamId = 'str_synthetic234';
const granted: Omit<Grant, 'grantId'> = {
  userId: 'usr_abcdefghijkm',
  streamId,
  action: 'play',
  epoch: 1,
  expiresAt: nowMs / 1000 + 60,
};

async function start(options: { hasKey?: boolean } = {}) {
  const stream = new SyntheticStream();
  stream.visibility = 'private';
  stream.publishParts(8);
  const time = { nowMs };
  const revoked = new Set<string>();
  const server = await OriginServer.start([stream], {
    clock: { nowMs: () => time.nowMs },
    publicKey: () => (options.hasKey === false ? undefined : key),
    isRevoked: (grantId) => revoked.has(grantId),
  });
  return { stream, server, time, revoked };
}

test('a play grant opens the playlists and the media of its private stream, which no shared cache may keep', async () => {
  const { server } = await start();
  await using _ = server;
  const grant = await signGrant(granted, key);
  for (const file of [
    'index.m3u8',
    'manifest.mpd',
    'live.mpd',
    '360p/media.m3u8',
    '360p/r-s0-0.m4s',
    '360p/r-s0-0.0.m4s',
  ]) {
    const { status, headers } = await server.ask(mediaPath(streamId, file, grant));
    expect([file, status]).toEqual([file, 200]);
    expect(headers['cache-control']).toMatch(/^private/);
  }
});

test.each([
  ['no grant', undefined, 401, 'grant_missing'],
  ['garbage', 'garbage', 401, 'grant_malformed'],
  ['an expired grant', { expiresAt: nowMs / 1000 - 1 }, 401, 'grant_expired'],
  ["another stream's", { streamId: 'str_elsewhere234' }, 403, 'grant_wrong_stream'],
  ['one to publish', { action: 'publish' as const }, 403, 'grant_wrong_action'],
])('%s is refused', async (_what, change, status, code) => {
  const { server } = await start();
  await using _ = server;
  const grant = typeof change === 'object' ? await signGrant({ ...granted, ...change }, key) : change;
  for (const file of [
    'index.m3u8',
    'manifest.mpd',
    'live.mpd',
    '360p/media.m3u8',
    '360p/r-s0-0.m4s',
    'recording.m3u8',
    '360p/tak_x.mp4',
  ]) {
    const answer = await server.ask(mediaPath(streamId, file, grant));
    expect([answer.status, JSON.parse(answer.text).code, answer.headers['cache-control']]).toEqual([
      status,
      code,
      'no-store',
    ]);
  }
});

test('a grant signed by another key is refused, and its answer does not repeat it', async () => {
  const { server } = await start();
  await using _ = server;
  const grant = await signGrant(granted, await newKey());
  const { status, text } = await server.ask(mediaPath(streamId, 'index.m3u8', grant));
  expect([status, JSON.parse(text).code]).toEqual([401, 'grant_bad_signature']);
  expect(text).not.toContain(grant);
});

test('a grant that was good is looked at anew: expired, revoked and of an older epoch', async () => {
  const { server, time, revoked, stream } = await start();
  await using _ = server;
  const grant = await signGrant(granted, key);
  const ask = async () => {
    const { status, text } = await server.ask(mediaPath(streamId, '360p/media.m3u8', grant));
    return status === 200 ? 'good' : JSON.parse(text).code;
  };
  expect([await ask(), await ask()]).toEqual(['good', 'good']);
  time.nowMs += 61_000;
  expect(await ask()).toBe('grant_expired');
  time.nowMs = nowMs;
  revoked.add(JSON.parse(Buffer.from(grant.split('.')[1] ?? '', 'base64url').toString()).jti);
  expect(await ask()).toBe('grant_revoked');
  revoked.clear();
  Object.assign(stream, { epoch: 2 });
  expect(await ask()).toBe('grant_old_epoch');
});

test('before the node has the key a private stream is not there yet, and a public one plays', async () => {
  const { server, stream } = await start({ hasKey: false });
  await using _ = server;
  const { status, text } = await server.ask(mediaPath(streamId, 'index.m3u8', await signGrant(granted, key)));
  expect([status, JSON.parse(text).code]).toEqual([503, 'key_unknown']);
  stream.visibility = 'public';
  expect((await server.ask(mediaPath(streamId, 'index.m3u8'))).status).toBe(200);
});
