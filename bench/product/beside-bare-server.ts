import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../../db/embedded';
import { ZyzzServer } from '../../e2e/fixtures/zyzz-server';
import type { Resources } from '../resources';

const operatorToken = 'operator-token-of-the-benchmark';
export const bareServerName = 'bare http server, one prepared query';

/** The product and a bare server on one database, and a stream in it. */
export async function startBesideBareServer(
  resources: Resources,
): Promise<{ baseUrl: string; bareUrl: string; streamId: string }> {
  const databaseUrl = await startDatabase(resources);
  const environment = {
    DATABASE_URL: databaseUrl,
    ZYZZ_OPERATOR_TOKEN: operatorToken,
    ZYZZ_API_REQUESTS_PER_MINUTE: '100000000',
  };
  const { baseUrl } = resources.use(await ZyzzServer.start({ environment }));
  const streamId = await makeStream(baseUrl);
  return { baseUrl, streamId, bareUrl: await startBareServer(resources, databaseUrl) };
}

async function startDatabase(resources: Resources): Promise<string> {
  const dataDir = mkdtempSync(join(tmpdir(), 'zyzz-bench-'));
  const { url, stop } = await startEmbeddedPostgres({ dataDir });
  resources.use({
    [Symbol.asyncDispose]: async () => {
      await stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  });
  return url;
}

async function startBareServer(resources: Resources, databaseUrl: string): Promise<string> {
  const program = join(import.meta.dirname, '..', 'baseline', 'bare-stream-server.ts');
  const child = fork(program, [], { execArgv: ['--import', 'tsx'], detached: true });
  resources.use({ [Symbol.asyncDispose]: async () => await end(child) });
  // Not as an argument: the URL has the database's password.
  child.send(databaseUrl);
  const [port] = await once(child, 'message');
  return `http://127.0.0.1:${port}`;
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** A user, a token, an event and a stream, all by the API itself. @returns the stream's id */
async function makeStream(baseUrl: string): Promise<string> {
  const post = async (path: string, token: string, body: unknown) => {
    const response = await fetch(`${baseUrl}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const { error, data } = (await response.json()) as { error: string; data: { id: string; token: string } };
    if (error !== '') {
      throw new Error(`POST ${path}: ${error}`);
    }
    return data;
  };
  const user = await post('/api/user/', operatorToken, { name: 'Asha Tamang' });
  const { token } = await post(`/api/user/${user.id}/tokens/`, operatorToken, { name: 'bench' });
  const event = await post('/api/event/', token, { name: 'Kathmandu against Pokhara' });
  const stream = await post('/api/stream/', token, { name: 'From the stand', kind: 'audio', event_id: event.id });
  return stream.id;
}
