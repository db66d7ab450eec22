import { expect, test } from 'vitest';
import { inCheckout } from './checkout.mjs';
import { LaunchFault } from './launch-fault.mjs';
import { publicUrlOfNode, readStartSettings } from './start-settings.mjs';

test('without settings everything is on loopback, on the documented ports', () => {
  expect(readStartSettings([], {})).toEqual({
    dev: false,
    only: 'all',
    nodes: 1,
    host: '127.0.0.1',
    localHost: '127.0.0.1',
    port: 8000,
    nodePort: 8001,
    nodePublicUrl: undefined,
    rtmpPort: 1935,
    isRtmpPortChosen: false,
    dataDir: inCheckout('.data'),
    publicUrl: 'http://localhost:8000',
    webUrl: 'http://127.0.0.1:8000',
    databaseUrl: undefined,
  });
});

test('an empty setting counts as unset', () => {
  expect(readStartSettings([], { PORT: '', DATABASE_URL: ' ', HOST: '' })).toEqual(readStartSettings([], {}));
});

test.each([
  [[], { PORT: 'abc' }, 'PORT must be a port number from 1 to 65535, not "abc".'],
  [[], { STREAM_NODE_PORT: '70000' }, 'STREAM_NODE_PORT must be a port number from 1 to 65535, not "70000".'],
  [
    ['--nodes', '3'],
    { PORT: '8002' },
    'PORT and the stream nodes (8001 to 8003) must not meet: give them different numbers.',
  ],
  [
    ['--nodes', '2'],
    { RTMP_PORT: '8001' },
    'RTMP_PORT, PORT and STREAM_NODE_PORT must not meet: give them different numbers.',
  ],
  [['--nodes', '0'], {}, '--nodes must be a number from 1 to 16, not "0".'],
  [['--only', 'db'], {}, '--only must be "web" or "stream-node", not "db".'],
  [
    ['--fast'],
    {},
    "Unknown option '--fast'. The command is: npm start -- [--nodes <1–16>] [--dev] [--only web|stream-node]",
  ],
  [[], { ZYZZ_PUBLIC_URL: 'zyzz.example' }, 'ZYZZ_PUBLIC_URL must be an http or https URL, not "zyzz.example".'],
  [
    ['--nodes', '2'],
    { STREAM_NODE_PUBLIC_URL: 'https://media.example' },
    'STREAM_NODE_PUBLIC_URL names one node, and there are to be 2: put {n} or {port} into it.',
  ],
])('%j with %j is one sentence', (args, environment, sentence) => {
  expect(() => readStartSettings(args, environment)).toThrow(new LaunchFault(sentence));
});

test("a node's public address follows the web's name, or what is set", () => {
  const settings = readStartSettings(['--nodes', '2'], { ZYZZ_PUBLIC_URL: 'https://zyzz.example' });
  expect(publicUrlOfNode(settings, 2)).toBe('https://zyzz.example:8002');
  expect(publicUrlOfNode({ ...settings, nodePublicUrl: 'https://m{n}.example:{port}' }, 2)).toBe(
    'https://m2.example:8002',
  );
});

test('with a certificate people come by https, and the processes of this machine meet in plain HTTP', () => {
  const settings = readStartSettings([], { TLS_CERT: 'cert.pem', TLS_KEY: 'key.pem' });
  expect(settings).toMatchObject({ publicUrl: 'https://localhost:8000', webUrl: 'http://127.0.0.1:8000' });
  expect(publicUrlOfNode(settings, 1)).toBe('https://localhost:8001');
});

test('every address is reached over loopback when all addresses are listened on', () => {
  expect(readStartSettings([], { HOST: '0.0.0.0' }).webUrl).toBe('http://127.0.0.1:8000');
  expect(readStartSettings([], { HOST: '::' }).webUrl).toBe('http://[::1]:8000');
});
