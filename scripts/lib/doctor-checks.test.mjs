import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { inCheckout } from './checkout.mjs';
import { checkDisk, checkSecretFiles, doctorChecks, orderedWords } from './doctor-checks.mjs';
import { readStartSettings } from './start-settings.mjs';

function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'zyzz-doctor-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What the doctor says of one thing: the remark, or the fault. */
async function saidOf(name, environment) {
  const checks = doctorChecks(readStartSettings([], environment), environment);
  const check = checks.find((one) => one.name === name);
  return await check.run().catch((error) => `FAULT ${error.message}`);
}

/** A port that something of `server` listens on until the test ends. */
async function portOf(server) {
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  return server.address().port;
}

const nobody = '127.0.0.1:9';

test.each([
  ['database', {}, /^embedded$/],
  ['database', { DATABASE_URL: 'mysql://x' }, /^FAULT DATABASE_URL is no postgres:\/\/ URL: correct it/],
  [
    'database',
    { DATABASE_URL: `postgres://u:p@${nobody}/zyzz` },
    /^FAULT nothing answers at 127\.0\.0\.1:9 \(ECONNREFUSED\)/,
  ],
  ['Redis', {}, /^none: Postgres is the bus$/],
  ['Redis', { REDIS_URL: 'localhost' }, /^FAULT REDIS_URL is no redis:\/\/ URL/],
  ['Redis', { REDIS_URL: `redis://${nobody}` }, /^FAULT nothing answers at .* correct REDIS_URL\.$/],
  ['S3', {}, /^none/],
  ['S3', { S3_BUCKET: 'b', S3_ENDPOINT: 'http://x' }, /^FAULT S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY are missing/],
  [
    'public URL',
    { ZYZZ_PUBLIC_URL: 'http://live.example.org', FACEBOOK_CLIENT_ID: '1', FACEBOOK_CLIENT_SECRET: 'x' },
    /^FAULT .* must be https/,
  ],
  ['public URL', { ZYZZ_PUBLIC_URL: 'https://live.example.org' }, /^FAULT .* nobody could sign in: set FACEBOOK/],
  ['ffmpeg', { FFMPEG_PATH: '/nowhere/ffmpeg' }, /^FAULT \/nowhere\/ffmpeg does not run\. Install it with/],
])('%s with %j: %s', async (name, environment, words) => {
  expect(await saidOf(name, environment)).toMatch(words);
});

test('a port is free, ours, or another program’s, and the fault says how to go round it', async () => {
  const ours = await portOf(createHttpServer((_request, response) => response.end('{}')));
  const anothers = await portOf(createServer((socket) => socket.destroy()));
  expect(await saidOf(`port ${ours}`, { PORT: String(ours) })).toBe('zyzz is running there');
  expect(await saidOf(`port ${anothers}`, { PORT: String(anothers) })).toMatch(
    /^FAULT Port \d+ is taken: stop what uses it/,
  );
  // the node that answers at its own port has the encoders' port too
  const environment = { STREAM_NODE_PORT: String(ours), RTMP_PORT: String(anothers) };
  expect(await saidOf(`port ${anothers}`, environment)).toBe('zyzz is running there');
});

test('what live jobs may order is told by its encoder, and what not by the one that lacks', () => {
  expect(orderedWords((name) => ['libx265', 'libsvtav1', 'libopus', 'libmp3lame'].includes(name))).toBe(
    '; live jobs may also order h265 by libx265, av1 by libsvtav1, opus by libopus, mp3 by libmp3lame',
  );
  expect(orderedWords((name) => name === 'libopus')).toBe(
    '; live jobs may also order opus by libopus; not here: h265 (no libx265), av1 (no libaom-av1 or libsvtav1), mp3 (no libmp3lame)',
  );
});

test('a disk that is nearly full and keys that others may read are faults', () => {
  const folder = temporaryFolder();
  expect(checkDisk(folder, 50e9)).toBe('50.0 GB free');
  expect(() => checkDisk(folder, 1e9)).toThrow(/^only 1\.0 GB are free/);
  expect(checkSecretFiles(folder)).toBe('none yet: npm start makes them');
  writeFileSync(join(folder, 'node-secret'), 'x', { mode: 0o600 });
  expect(checkSecretFiles(folder)).toBe('node-secret');
  chmodSync(join(folder, 'node-secret'), 0o644);
  expect(() => checkSecretFiles(folder)).toThrow(`others may read node-secret in ${folder}: chmod 600 them.`);
});

test('the command prints a line for each thing, what to do, and ends with 1 when there is a fault', async () => {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, ZYZZ_DATA_DIR: temporaryFolder(), S3_BUCKET: 'b' };
  const ended = await new Promise((resolve) => {
    execFile(process.execPath, [inCheckout('scripts/doctor.mjs')], { env }, (error, stdout) => {
      resolve({ code: error?.code ?? 0, stdout });
    });
  });
  expect(ended.code).toBe(1);
  expect(ended.stdout).toMatch(/^ {2}ok {5}Node {9}\d+\.\d+\.\d+$/m);
  expect(ended.stdout).toMatch(/^ {2}ok {5}ffmpeg {7}.*libx264, aac/m);
  expect(ended.stdout).toMatch(/^ {2}FAULT {2}S3 {11}S3_ENDPOINT, .* are missing/m);
  expect(ended.stdout).toMatch(/\d+ faults?\n$/);
}, 30_000);
