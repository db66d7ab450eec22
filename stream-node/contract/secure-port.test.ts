import { once } from 'node:events';
import { Agent, createServer, request } from 'node:https';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { expect, onTestFinished, test, vi } from 'vitest';
import { SecurePort, type SecurePortOptions } from './secure-port';
import { makeTestCertificate, TestTlsFiles } from './test-certificate';

async function start() {
  const files = new TestTlsFiles();
  const news: Parameters<SecurePortOptions['onRenewal']>[0][] = [];
  const port = new SecurePort({
    secure: createServer(async (incoming, response) => response.end(`secure ${(await text(incoming)).length}`)),
    files,
    publicUrl: () => 'https://zyzz.example',
    isInternal: (path) => path === '/internal',
    internal: async (incoming, response) => {
      response.end(`internal ${(await text(incoming)).length}`);
    },
    onRenewal: (told) => news.push(told),
    lookEveryMs: 10,
  });
  await port.listen(0, '127.0.0.1');
  onTestFinished(() => {
    port.stopListening();
    port.destroyConnections();
    files[Symbol.dispose]();
  });
  return { port: port.address.port, files, news };
}

/** The certificate that a new connection is shown; rejects unless it is the one that is trusted. */
async function shownTo(port: number, ca: string): Promise<TLSSocket> {
  const socket = connectTls({ port, ca, servername: 'localhost' });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'secureConnect');
  return socket;
}

test('long bodies arrive whole by TLS and from this machine in plain HTTP, on one port', async () => {
  const { port, files } = await start();
  const body = Buffer.alloc(3_000_000, 'x');
  const plain = await fetch(`http://127.0.0.1:${port}/internal`, { method: 'POST', body });
  expect(await plain.text()).toBe('internal 3000000');
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  for (let times = 0; times < 2; times += 1) {
    const sent = request({ host: 'localhost', port, ca: files.cert, method: 'POST', agent });
    sent.end(body);
    const [answer] = await once(sent, 'response');
    expect(await text(answer)).toBe('secure 3000000');
  }
});

test('a first word that comes byte by byte is understood, noise is hung up on', async () => {
  const { port } = await start();
  const slow = connect(port, '127.0.0.1');
  const answer = text(slow);
  for (const letter of 'GET /internal HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n') {
    await new Promise<void>((sent) => slow.write(letter, () => sent()));
  }
  expect(await answer).toMatch(/^HTTP\/1.1 200 OK.*internal 0/s);
  for (const noise of [Buffer.from([0x16, 1, 2, 3, 4, 5, 6, 7, 8, 9]), Buffer.from([0, 255, 0, 13, 10, 13, 10])]) {
    const socket: Socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined).resume();
    socket.end(noise);
    await once(socket, 'close');
  }
  expect((await fetch(`http://127.0.0.1:${port}/internal`)).status).toBe(200);
});

test('a renewed certificate is shown to the next connection, open ones go on, a broken pair is told once', async () => {
  const { port, files, news } = await start();
  const open = await shownTo(port, files.cert);
  const renewed = makeTestCertificate();
  files.write({ cert: renewed.cert, key: 'half written' });
  await vi.waitFor(() => expect(news).toMatchObject([{ fault: expect.stringMatching(/^TLS_KEY: /) }]));
  await expect(shownTo(port, renewed.cert)).rejects.toThrow();
  files.write(renewed);
  await vi.waitFor(() => expect(news[1]).toMatchObject({ validTo: expect.any(Date) }));
  await shownTo(port, renewed.cert);
  open.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  expect(await text(open)).toContain('secure 0');
  expect(news).toHaveLength(2);
});
