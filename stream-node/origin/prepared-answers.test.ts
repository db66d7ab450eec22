import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { OriginServer } from '../testing/origin-server';
import { SyntheticStream } from '../testing/synthetic-stream';

const folder = '/stream/str_synthetic234/360p';
const videoPartBytes = 200_000;

async function start() {
  const stream = new SyntheticStream({ partBytes: videoPartBytes });
  stream.publishParts(14);
  const server = await OriginServer.start([stream]);
  return { stream, server };
}

const ask = (path: string, version = '1.1', more = '') =>
  `GET ${folder}/${path} HTTP/${version}\r\nHost: node\r\n${more}\r\n`;

/** What the server says on one connection until it closes it. */
async function conversation(port: number, words: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const slices: Buffer[] = [];
  socket.on('data', (slice: Buffer) => slices.push(slice));
  socket.write(words);
  await once(socket, 'close');
  return Buffer.concat(slices).toString('latin1');
}

/** The heads in it, without the time; bodies are skipped by their lengths. */
function headsOf(said: string): string[] {
  const heads: string[] = [];
  for (let at = 0; at < said.length; ) {
    const end = said.indexOf('\r\n\r\n', at);
    const head = said.slice(at, end);
    heads.push(head.replace(/^Date: .*$/m, 'Date: now'));
    at = end + 4 + Number(/content-length: (\d+)/i.exec(head)?.[1]);
  }
  return heads;
}

test('a head that was made for a crowd says what Node itself says, but for how the connection goes on', async () => {
  const { server } = await start();
  await using _ = server;
  const closing = 'Connection: close\r\n';
  for (const path of ['media.m3u8', 'r-s0-2.0.m4s', 'r-s0-1.m4s']) {
    const said = await conversation(server.port, `${ask(path)}${ask(path, '1.1', closing)}`);
    const [prepared, ofNode] = headsOf(said);
    expect(prepared).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(prepared).toBe(ofNode);
  }
}, 20_000);

test('requests that come in one packet are answered in their order, prepared or not, held or not', async () => {
  const { server, stream } = await start();
  await using _ = server;
  const words = [
    ask('r-s0-2.0.m4s'),
    ask('media.m3u8?_HLS_msn=2&_HLS_part=2'),
    ask('nothing.m4s'),
    ask('r-s0-2.1.m4s'),
    ask('r-s0-2.2.m4s', '1.0'),
  ];
  const answered = conversation(server.port, words.join(''));
  await server.untilWaiting(2);
  stream.publishParts(1);
  const heads = headsOf(await answered);
  expect(heads.map((head) => [head.slice(9, 12), /content-type: (\S+)/i.exec(head)?.[1]])).toEqual([
    ['200', 'video/mp4'],
    ['200', 'application/vnd.apple.mpegurl'],
    ['404', 'application/json'],
    ['200', 'video/mp4'],
    ['200', 'video/mp4'],
  ]);
}, 20_000);

test('a segment that lies in pieces comes whole, and a client that goes in the middle of it harms nobody', async () => {
  const { server, stream } = await start();
  await using _ = server;
  const leaver: Socket = connect(server.port, '127.0.0.1');
  leaver.write(ask('r-s0-0.m4s').repeat(50));
  await once(leaver, 'data');
  leaver.destroy();
  const whole = await server.ask(`${folder}/r-s0-0.m4s`);
  expect(stream.window('360p')?.segmentPieces('r-s0-0.m4s')?.length).toBeGreaterThan(1);
  expect(whole.body.equals(stream.window('360p')?.segmentBytes('r-s0-0.m4s') ?? Buffer.alloc(0))).toBe(true);
  expect(server.errors).toEqual([]);
}, 20_000);
