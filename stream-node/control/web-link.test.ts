import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { DesiredState, NodeSnapshot } from '../contract/snapshots';
import { createLogger } from '../logger';
import { WebLink } from './web-link';

const nodeSecret = 'the-secret-of-this-test';
const desired: DesiredState = {
  serverTimeMs: 1,
  grantPublicKey: { kty: 'OKP', crv: 'Ed25519', x: 'x'.repeat(43) },
  webOrigins: [],
  streams: [],
  drain: false,
  revokedGrantIds: [],
  confirmedTakeIds: [],
};
const snapshot: NodeSnapshot = {
  nodeId: 'nod_abcdefghijkm',
  bootId: 'boot-1234',
  name: 'n',
  hostName: 'h',
  internalAddress: '',
  externalAddress: '',
  publicUrl: 'http://127.0.0.1:1',
  rtmpUrl: null,
  controlUrl: 'http://127.0.0.1:1',
  capacity: { encoderSlots: 1, viewers: 1 },
  load: { publishers: 0, viewers: 0 },
  draining: false,
  streams: [],
  takes: [],
};

/** A web process of this test's own; `answer` may be changed while it runs. */
async function startWeb(answer: (request: IncomingMessage) => { status: number; body: string }) {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const { status, body } = answer(request);
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function link(webUrl: string, apply: (state: DesiredState) => void): WebLink {
  const logger = createLogger({ level: 'silent' });
  const made = new WebLink({ webUrl, nodeSecret, observe: async () => snapshot, apply, logger });
  onTestFinished(() => made[Symbol.asyncDispose]());
  return made;
}

test('an exchange posts the snapshot with the node secret and applies the answer', async () => {
  const seen: string[] = [];
  const webUrl = await startWeb((request) => {
    seen.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    return { status: 200, body: JSON.stringify(desired) };
  });
  const apply = vi.fn();
  const webLink = link(webUrl, apply);
  await webLink.exchangeNow();
  expect(seen).toEqual([`POST /internal/nodes/snapshot Bearer ${nodeSecret}`]);
  expect(apply).toHaveBeenCalledExactlyOnceWith(desired);
  expect(webLink.isReachable).toBe(true);
});

test('while the web fails nothing is applied, and the next good answer mends it', async () => {
  let status = 503;
  const webUrl = await startWeb(() => ({ status, body: JSON.stringify(desired) }));
  const apply = vi.fn();
  const webLink = link(webUrl, apply);
  await webLink.exchangeNow();
  expect(apply).not.toHaveBeenCalled();
  expect(webLink.isReachable).toBe(false);
  status = 200;
  await webLink.exchangeNow();
  expect(apply).toHaveBeenCalledOnce();
});

test('an answer that is no desired state is refused whole', async () => {
  const webUrl = await startWeb(() => ({ status: 200, body: '{"streams": "all of them"}' }));
  const apply = vi.fn();
  await link(webUrl, apply).exchangeNow();
  expect(apply).not.toHaveBeenCalled();
});

test('asked again in the middle of an exchange, exactly one more follows', async () => {
  let exchanges = 0;
  const webUrl = await startWeb(() => {
    exchanges += 1;
    return { status: 200, body: JSON.stringify(desired) };
  });
  const webLink = link(webUrl, () => {});
  await Promise.all([webLink.exchangeNow(), webLink.exchangeNow(), webLink.exchangeNow()]);
  expect(exchanges).toBe(2);
});
