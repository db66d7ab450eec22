import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../testing/test-database';
import { startTestWeb } from '../../testing/test-web';

/** What pages, players, nodes and balancers of ours call, and what has a standard of its own. */
const notPublic = [
  /^\/(healthz|readyz|metrics)$/,
  /^\/internal\//,
  /^\/(oembed|share\/|stream\/)/,
  /^\/api\/(local-sign-in|openapi\.json)$/,
  /^\/api\/playback\//,
  /^\/api\/facebook\//,
];

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(async () => await database.close());

type Document = { openapi: string; paths: Record<string, Record<string, unknown>> };

async function served(): Promise<Document> {
  const web = await startTestWeb(database);
  try {
    const response = await fetch(`${web.url}/api/openapi.json`);
    expect(response.headers.get('content-type')).toContain('application/json');
    return (await response.json()) as Document;
  } finally {
    await web.close();
  }
}

test('the document is valid OpenAPI 3.1', async () => {
  const document = await served();
  expect(document.openapi).toMatch(/^3\.1\./);
  const result = await new Validator().validate(structuredClone(document));
  expect(result.errors ?? []).toEqual([]);
  expect(result.valid).toBe(true);
});

test('it has every call of the contract', async () => {
  const { paths } = await served();
  const calls = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(calls).toEqual(
    expect.arrayContaining([
      'POST /api/user/',
      'GET /api/user/{id}/',
      'PUT /api/user/{id}/',
      'POST /api/user/{id}/tokens/',
      'GET /api/user/{id}/tokens/',
      'DELETE /api/user/{id}/tokens/{tokenId}/',
      'GET /api/user/{id}/streams/',
      'GET /api/user/{id}/streams/current/',
      'POST /api/streamserver/',
      'GET /api/streamserver/',
      'GET /api/streamserver/{id}/',
      'POST /api/streamserver/{id}/drain/',
      'DELETE /api/streamserver/{id}/',
      'POST /api/event/',
      'GET /api/event/',
      'GET /api/event/{id}/',
      'PUT /api/event/{id}/',
      'GET /api/event/{id}/streams/',
      'GET /api/cricbuzz/{eventId}/',
      'POST /api/streams/start/',
      'POST /api/streams/{streamId}/upload/',
      'GET /api/streams/{streamId}/live.m3u8/',
      'POST /api/streams/{streamId}/stop/',
      'POST /api/event/{id}/streams/',
      'POST /api/stream/',
      'GET /api/stream/',
      'GET /api/stream/{id}/',
      'PUT /api/stream/{id}/',
      'POST /api/stream/{id}/stop/',
      'DELETE /api/stream/{id}/',
      'POST /jobs/',
      'POST /createLiveJob/',
      'GET /jobs/',
      'GET /jobs/active/',
      'GET /jobs/{id}/',
      'GET /jobs/{id}/input-info/',
      'PUT /jobs/{id}/stop/',
      'PUT /jobs/{id}/resume/',
      'PUT /jobs/{id}/pause/',
      'DELETE /jobs/{id}/',
      'GET /workers/',
      'GET /workers/{id}/',
    ]),
  );
});

test('a public route that is served is described', async () => {
  const web = await startTestWeb(database);
  await web.close();
  const undescribed = web.routes
    .filter(({ description, path }) => description === undefined && !notPublic.some((rule) => rule.test(path)))
    .map(({ method, path }) => `${method} ${path}`);
  expect(undescribed).toEqual([]);
});
