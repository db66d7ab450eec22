import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { handleControl } from './control-routes';

async function startNode(notReady: () => string | null = () => null) {
  const askNow = vi.fn();
  const lendTake = (path: string, response: ServerResponse) => void response.end(`lent ${path}`);
  const metrics = { contentType: 'text/plain', text: async () => 'figures 1\n' };
  const node = { nodeSecret: 'right-secret', host: '0.0.0.0', publicUrl: 'https://node.example.org', metrics };
  const server = createServer((request, response) => {
    if (!handleControl(request, response, { ...node, notReady, askNow, failed: () => undefined, lendTake })) {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, askNow };
}

test('health is of the process, readiness of its place in the product', async () => {
  const { url } = await startNode(() => 'draining');
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  const ready = await fetch(`${url}/readyz`);
  expect(ready.status).toBe(503);
  expect(await ready.json()).toEqual({ status: 'not ready', reason: 'draining' });
});

test('only who has the node secret can make a node post its snapshot', async () => {
  const { url, askNow } = await startNode();
  const ask = (secret?: string) =>
    fetch(`${url}/control/ask-now`, {
      method: 'POST',
      headers: secret === undefined ? {} : { authorization: `Bearer ${secret}` },
    });
  expect((await ask()).status).toBe(401);
  expect((await ask('wrong-secret')).status).toBe(401);
  expect(askNow).not.toHaveBeenCalled();
  expect((await ask('right-secret')).status).toBe(202);
  expect(askNow).toHaveBeenCalledOnce();
  expect((await fetch(`${url}/control/ask-now`)).status).toBe(405);
});

test('a node that is reached from elsewhere gives its figures to bearers of the node secret alone', async () => {
  const { url } = await startNode();
  expect((await fetch(`${url}/metrics`)).status).toBe(401);
  const answer = await fetch(`${url}/metrics`, { headers: { authorization: 'Bearer right-secret' } });
  expect(await answer.text()).toBe('figures 1\n');
});

test('any other path is left to the rooms that know it', async () => {
  const { url } = await startNode();
  expect((await fetch(`${url}/control/other`)).status).toBe(404);
});

test('only who has the node secret is lent the files of a take', async () => {
  const { url } = await startNode();
  const ask = async (headers: Record<string, string>, method = 'GET') =>
    await fetch(`${url}/control/takes/str_1/tak_1/index.jsonl`, { method, headers });
  expect((await ask({})).status).toBe(401);
  expect((await ask({ authorization: 'Bearer wrong-secret' })).status).toBe(401);
  const lent = await ask({ authorization: 'Bearer right-secret' });
  expect([lent.status, await lent.text()]).toEqual([200, 'lent str_1/tak_1/index.jsonl']);
  expect((await ask({ authorization: 'Bearer right-secret' }, 'POST')).status).toBe(405);
});
