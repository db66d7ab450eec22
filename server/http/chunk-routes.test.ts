import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { events, streams } from '../../db/schema';
import { StreamNodeProcess } from '../testing/stream-node-process';
import { callerOf } from '../testing/test-context';
import { openTestDatabase, type TestDatabase } from '../testing/test-database';
import { makePerson, type TestPerson } from '../testing/test-people';
import { startTestWeb, type TestWeb } from '../testing/test-web';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'zyzz-chunks-'));
const file = (name: string) => join(folder, name);

let database: TestDatabase;
let web: TestWeb;
let node: StreamNodeProcess;
let owner: TestPerson;
let other: TestPerson;
/** personal API tokens, by their person's id */
const tokens = new Map<string, string>();

beforeAll(async () => {
  database = await openTestDatabase();
  web = await startTestWeb(database, { ZYZZ_PUBLIC_URL: 'http://localhost:8000' });
  node = await StreamNodeProcess.start(web, database.db);
  owner = await makePerson(database.db, 'Asha');
  other = await makePerson(database.db, 'Bina');
  for (const person of [owner, other]) {
    const { token } = await callerOf(database, person).tokens.create({ userId: person.id, name: 'a camera' });
    tokens.set(person.id, token);
  }
  const source = ['-f', 'lavfi', '-i', 'testsrc=s=160x90:r=30', '-f', 'lavfi', '-i', 'sine=r=48000', '-t', '1.172'];
  const quiet = ['-hide_banner', '-loglevel', 'error', '-y'];
  const encoding = [
    '-pix_fmt',
    'yuv420p',
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-profile:v',
    'main',
    '-c:a',
    'aac',
  ];
  await run('ffmpeg', [...quiet, ...source, ...encoding, file('chunk.mp4')]);
  writeFileSync(file('notes.mp4'), 'no media at all, whatever its name says');
  writeFileSync(file('large.mp4'), Buffer.alloc(65 * 1024 * 1024));
});

afterAll(async () => {
  await node?.[Symbol.asyncDispose]();
  await web?.close();
  await database?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What curl itself gets: the status and the body, byte for byte. */
async function curl(person: TestPerson | null, path: string, ...args: string[]): Promise<string> {
  const who = person === null ? [] : ['-H', `Authorization: Bearer ${tokens.get(person.id)}`];
  const { stdout } = await run('curl', ['-sS', '-w', ' %{http_code}', ...who, ...args, `${web.url}${path}`]);
  return stdout;
}

const uploads = (sequence: string, name: string) => ['-F', `sequence=${sequence}`, '-F', `video_chunk=@${file(name)}`];

async function start(): Promise<string> {
  const answer = await curl(owner, '/api/streams/start', '-X', 'POST');
  return /"streamId":"([^"]+)"/.exec(answer)?.[1] ?? answer;
}

test('a broadcast by curl alone is a stream that plays, and then a video that stays', async () => {
  const started = await curl(owner, '/api/streams/start', '-X', 'POST');
  const id = /"streamId":"(\w+)"/.exec(started)?.[1] ?? '';
  expect(started).toBe(`{"success":true,"message":"Stream started successfully.","streamId":"${id}"} 200`);
  const path = `/api/streams/${id}`;
  expect(await curl(null, `${path}/live.m3u8`)).toMatch(/^#EXTM3U\n[^:]+:3\n[^:]+:\d+\n#EXT-X-MEDIA-SEQUENCE:0\n 200$/);
  for (const sequence of ['0', '1']) {
    const answer = await curl(owner, `${path}/upload`, ...uploads(sequence, 'chunk.mp4'));
    expect(answer).toBe(`{"success":true,"message":"Chunk ${sequence} uploaded successfully."} 200`);
  }
  const live = await curl(null, `${path}/live.m3u8/`);
  const segment = `http://127\\.0\\.0\\.1:\\d+/stream/${id}/pieces/`;
  const head = '#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:0\n';
  const entries = `#EXTINF:1\\.1\\d{3},\n${segment}0\\.ts\n#EXTINF:1\\.1\\d{3},\n${segment}1\\.ts\n`;
  expect(live).toMatch(new RegExp(`^${head}${entries} 200$`));
  const [row] = await database.db.select().from(streams).where(eq(streams.id, id));
  expect(row).toMatchObject({ kind: 'video', visibility: 'public', ownerId: owner.id });

  const stopped =
    `{"success":true,"message":"Stream finalized successfully. VOD created.","videoId":"${id}",` +
    `"videoUrl":"http://localhost:8000${path}/video.m3u8"} 200`;
  expect(await curl(owner, `${path}/stop`, '-X', 'POST')).toBe(stopped);
  expect(await curl(owner, `${path}/stop/`, '-X', 'POST')).toBe(stopped);
  const { stdout } = await run('ffprobe', [
    ...['-v', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0', `${web.url}${path}/video.m3u8`],
  ]);
  expect(Number(stdout)).toBeCloseTo(2.34, 1);
  expect(await curl(null, `${path}/live.m3u8`)).toContain('#EXT-X-ENDLIST');
  // A browser's session does as well as a token, and a token that is wrong is nobody's.
  expect(await curl(null, `${path}/stop`, '-X', 'POST', '-H', `Cookie: ${owner.cookie}`)).toBe(stopped);
  expect(await curl(null, `${path}/stop`, '-X', 'POST', '-H', 'Authorization: Bearer wrong')).toMatch(
    /^{"success":false,"message":"Authorization: [^"]+"} 401$/,
  );
  expect(await curl(owner, `${path}/upload`, ...uploads('2', 'chunk.mp4'))).toBe(
    '{"success":false,"message":"This stream is over; start a new one"} 409',
  );
});

describe('what is refused', () => {
  test('without a session or token: 401; by another person: 403', async () => {
    const id = await start();
    expect(await curl(null, '/api/streams/start', '-X', 'POST')).toBe(
      '{"success":false,"message":"Sign in first"} 401',
    );
    for (const call of ['upload', 'stop']) {
      const form = call === 'upload' ? uploads('0', 'chunk.mp4') : ['-X', 'POST'];
      expect(await curl(null, `/api/streams/${id}/${call}`, ...form)).toMatch(/^{"success":false.* 401$/);
      expect(await curl(other, `/api/streams/${id}/${call}`, ...form)).toMatch(/^{"success":false.* 403$/);
    }
    expect(await curl(owner, `/api/streams/${id}/stop`, '-X', 'POST')).toBe(
      '{"success":true,"message":"Stream finalized successfully. There is no VOD: no chunk was uploaded.",' +
        '"videoId":null,"videoUrl":null} 200',
    );
  });

  test('another method: 405, in the same words', async () => {
    expect(await curl(owner, '/api/streams/start')).toBe('{"success":false,"message":"GET is not for this path"} 405');
  });

  test('a stream that is not there: 404', async () => {
    const noStream = '{"success":false,"message":"There is no such stream"} 404';
    expect(await curl(owner, '/api/streams/str_unknown12345/stop', '-X', 'POST')).toBe(noStream);
    expect(await curl(owner, '/api/streams/..%2fx/live.m3u8')).toBe(noStream);
  });

  test('each fault of an upload by its field and rule, and it leaves no trace', async () => {
    const id = await start();
    const path = `/api/streams/${id}/upload`;
    const cases: [string[], string][] = [
      [uploads('x', 'chunk.mp4'), '{"success":false,"message":"sequence: must be a whole number from 0"} 400'],
      [['-F', `video_chunk=@${file('chunk.mp4')}`], '{"success":false,"message":"sequence: is required"} 400'],
      [['-F', 'sequence=0'], '{"success":false,"message":"video_chunk: is required, as a file"} 400'],
      [['-d', 'sequence=0'], '{"success":false,"message":"content-type: must be multipart/form-data"} 415'],
      [
        uploads('0', 'notes.mp4'),
        '{"success":false,"message":"video_chunk: must be a complete MP4, MPEG-TS or WebM file"} 422',
      ],
      [uploads('0', 'large.mp4'), '{"success":false,"message":"video_chunk: must be at most 64 MiB"} 413'],
      [
        [...uploads('0', 'large.mp4'), '-H', 'Transfer-Encoding: chunked'],
        '{"success":false,"message":"video_chunk: must be at most 64 MiB"} 413',
      ],
    ];
    for (const [args, answer] of cases) {
      expect(await curl(owner, path, ...args)).toBe(answer);
    }
    expect(await curl(owner, `/api/streams/${id}/live.m3u8`)).not.toContain('#EXTINF');
    expect(await curl(owner, path, ...uploads('0', 'chunk.mp4'))).toContain('"success":true');
  });
});

test("a stream that names no event is on its owner's own, always the same; a private one is for its owner", async () => {
  const ids = await Promise.all([start(), start()]);
  const body = JSON.stringify({ name: 'Nets', visibility: 'private', language: 'ne' });
  const answer = await curl(owner, '/api/streams/start', '-d', body);
  const privateId = /"streamId":"(\w+)"/.exec(answer)?.[1] ?? '';
  const rows = await database.db.select().from(streams).where(eq(streams.ownerId, owner.id));
  expect(new Set(rows.map(({ eventId }) => eventId)).size).toBe(1);
  expect(rows.map(({ id }) => id)).toEqual(expect.arrayContaining([...ids, privateId]));
  const [event] = await database.db.select().from(events).where(eq(events.ownerId, owner.id));
  expect(event?.name).toBe('Asha live');
  await curl(owner, `/api/streams/${privateId}/upload`, ...uploads('0', 'chunk.mp4'));
  expect(await curl(null, `/api/streams/${privateId}/live.m3u8`)).toMatch(/ 404$/);
  const live = await curl(owner, `/api/streams/${privateId}/live.m3u8`);
  const url = live.split('\n').find((line) => line.startsWith('http')) ?? '';
  expect(url).toMatch(/\/~[\w.-]+\/pieces\/0\.ts$/);
  expect((await fetch(url)).status).toBe(200);
  expect((await fetch(url.replace(/~[^/]+\//, ''))).status).toBe(401);
  expect(await curl(owner, '/api/streams/start', '-d', '{"language":"!"}')).toMatch(/"message":"language: .* 400$/);
});
