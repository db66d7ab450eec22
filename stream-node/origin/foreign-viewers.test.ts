import { expect, test } from 'vitest';
import { OriginServer } from '../testing/origin-server';
import { SyntheticStream } from '../testing/synthetic-stream';

const streamId = 'str_synthetic234';
const playlist = `/stream/${streamId}/360p/media.m3u8`;

async function start() {
  const stream = new SyntheticStream();
  stream.publishParts(8);
  const time = { nowMs: 1_700_000_000_000 };
  const server = await OriginServer.start([stream], {
    clock: { nowMs: () => time.nowMs },
    webOrigins: () => ['https://zyzz.example'],
  });
  return { server, time };
}

test('a player that is not ours counts once, until three target durations after its last playlist', async () => {
  const { server, time } = await start();
  await using _ = server;
  await server.ask(playlist, { headers: { 'user-agent': 'VLC' } });
  await server.ask(playlist, { headers: { 'user-agent': 'VLC' } });
  await server.ask(playlist, { headers: { 'user-agent': 'ffmpeg', origin: 'https://elsewhere.example' } });
  expect(server.origin.foreignViewers(streamId)).toBe(2);
  time.nowMs += 5000;
  await server.ask(playlist, { headers: { 'user-agent': 'VLC' } });
  time.nowMs += 1500;
  expect(server.origin.foreignViewers(streamId)).toBe(1);
  time.nowMs += 5000;
  expect(server.origin.foreignViewers(streamId)).toBe(0);
});

test('players in our own pages are counted elsewhere', async () => {
  const { server } = await start();
  await using _ = server;
  await server.ask(playlist, { headers: { origin: 'https://zyzz.example' } });
  await server.ask(playlist, { headers: { referer: 'https://zyzz.example/event/1' } });
  expect(server.origin.foreignViewers(streamId)).toBe(0);
  await server.ask(playlist, { headers: { referer: 'https://zyzz.example.evil/' } });
  await server.ask(playlist, { headers: { 'user-agent': 'x', referer: 'not a URL' } });
  expect(server.origin.foreignViewers(streamId)).toBe(2);
});

test('who fetches no media playlist does not watch', async () => {
  const { server } = await start();
  await using _ = server;
  await server.ask(`/stream/${streamId}/index.m3u8`);
  await server.ask(`/stream/${streamId}/360p/r-s0-0.m4s`);
  expect(server.origin.foreignViewers(streamId)).toBe(0);
});
