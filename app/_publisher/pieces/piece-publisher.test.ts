import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PiecePublisher } from './piece-publisher';
import type { PieceRecorderHandlers } from './piece-recorder';

let server: Server;
/** what the web answers to each sequence; 200 where nothing is said */
const answers = new Map<number, number[]>();
const taken: number[] = [];
let recorded: PieceRecorderHandlers;
let runningRecorders = 0;

beforeEach(async () => {
  answers.clear();
  taken.length = 0;
  server = createServer((request, response) => {
    const body: Buffer[] = [];
    request.on('data', (slice: Buffer) => body.push(slice));
    request.on('end', () => {
      const sequence = Number(/name="sequence"\r\n\r\n(\d+)/.exec(Buffer.concat(body).toString('latin1'))?.[1]);
      const status = answers.get(sequence)?.shift() ?? 200;
      if (status === 200) {
        taken.push(sequence);
      }
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ success: status === 200, message: `status ${status}` }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function begin(): Promise<PiecePublisher> {
  const publisher = new PiecePublisher({
    streamId: 'str_abcdefghijkm',
    capture: { recordable: () => Object.create(null) },
    startRecorder: (_stream, handlers) => {
      recorded = handlers;
      runningRecorders += 1;
      return {
        stop: async () => {
          runningRecorders -= 1;
        },
      };
    },
    webUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    retryMs: 5,
  });
  await publisher.start();
  return publisher;
}

function record(count: number): void {
  for (let index = 0; index < count; index += 1) {
    recorded.piece({ file: new Blob(['media']), seconds: 3 });
  }
}

test('each piece is uploaded in its turn, and it is on air with the first', async () => {
  const publisher = await begin();
  expect(publisher.status().state).toBe('connecting');
  record(3);
  await expect.poll(() => taken).toEqual([0, 1, 2]);
  expect(publisher.status()).toMatchObject({ state: 'on-air', loss: null, queue: { chunks: 0 } });
  record(1);
  expect(await publisher.end(5000)).toBe(true);
  expect(taken).toEqual([0, 1, 2, 3]);
  expect(publisher.status().state).toBe('ended');
  expect(runningRecorders).toBe(0);
});

test('what the web cannot take now is sent again, what it will never take is told as lost', async () => {
  const publisher = await begin();
  answers.set(1, [503, 429, 500]);
  answers.set(2, [422]);
  record(4);
  await expect.poll(() => taken).toEqual([0, 1, 3]);
  expect(publisher.status()).toMatchObject({ state: 'on-air', loss: { bytes: 5, reason: 'status 422' } });
  publisher.close();
});

test.each([
  [409, 'ended'],
  [403, 'failed'],
])('a stream that answers %i is over: %s', async (status, state) => {
  const publisher = await begin();
  answers.set(0, [status]);
  record(2);
  await expect.poll(() => publisher.status().state).toBe(state);
  expect(taken).toEqual([]);
  expect(runningRecorders).toBe(0);
});
