import { expect, test } from 'vitest';
import { checkGrant } from '../../stream-node/contract/signing';
import { publishAccess } from '../streams/publish-access';
import { grantKeys } from './grant-keys';

const stream = { id: 'str_abcdefghijkm', epoch: 3 };

async function access() {
  return await publishAccess({
    secret: 'one secret',
    userId: 'usr_abcdefghijkm',
    stream,
    nodeUrl: 'https://n1.example',
  });
}

function check(grant: string, wanted: Partial<Parameters<typeof checkGrant>[2]> = {}, secret = 'one secret') {
  return checkGrant(grant, grantKeys(secret).publicKey, {
    streamId: stream.id,
    action: 'publish',
    minimumEpoch: 3,
    now: new Date(),
    ...wanted,
  });
}

test('every process with the same secret signs with the same key, and no other', () => {
  expect(grantKeys('one secret')).toEqual(grantKeys('one secret'));
  expect(grantKeys('one secret').publicKey).not.toEqual(grantKeys('another secret').publicKey);
  expect(Object.keys(grantKeys('one secret').publicKey).sort()).toEqual(['crv', 'kty', 'x']);
});

test('a publish grant opens its own stream at the node, by the public key alone', async () => {
  const { grant, websocketUrl, expiresAtMs } = await access();
  expect(websocketUrl).toBe('wss://n1.example/ingest');
  expect(await check(grant)).toMatchObject({ ok: true, grant: { userId: 'usr_abcdefghijkm', epoch: 3 } });
  expect(await check(grant, { now: new Date(expiresAtMs + 1000) })).toEqual({ ok: false, refusal: 'grant_expired' });
});

test('a publish grant opens nothing else', async () => {
  const { grant } = await access();
  expect(await check(grant, { streamId: 'str_another12345' })).toEqual({ ok: false, refusal: 'grant_wrong_stream' });
  expect(await check(grant, { action: 'play' })).toEqual({ ok: false, refusal: 'grant_wrong_action' });
  expect(await check(grant, { minimumEpoch: 4 })).toEqual({ ok: false, refusal: 'grant_old_epoch' });
  expect(await check(grant, {}, 'another secret')).toEqual({ ok: false, refusal: 'grant_bad_signature' });
});
