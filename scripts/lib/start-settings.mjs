import { isAbsolute } from 'node:path';
import { parseArgs } from 'node:util';
import { inCheckout } from './checkout.mjs';
import { LaunchFault } from './launch-fault.mjs';

/**
 * @typedef {object} StartSettings
 * @property {boolean} dev hot reload instead of a build
 * @property {'all' | 'web' | 'stream-node'} only
 * @property {number} nodes how many stream nodes
 * @property {string} host the address to listen on
 * @property {string} localHost the address under which this machine reaches it
 * @property {number} port of the web
 * @property {number} nodePort of the first node, the next has the next number
 * @property {number} rtmpPort where the first node listens for encoders, the next one has the next number
 * @property {boolean} isRtmpPortChosen false: the usual port, and where it is taken no encoders
 * @property {string} dataDir absolute
 * @property {string} publicUrl of the web, without a trailing slash
 * @property {string} webUrl where nodes find the web
 * @property {string | undefined} nodePublicUrl as set; `{n}` and `{port}` stand for each node's number and port
 * @property {string | undefined} databaseUrl undefined: the embedded database
 */

const usage = 'npm start -- [--nodes <1–16>] [--dev] [--only web|stream-node]';

/**
 * Reads the command line and those settings that the launcher itself acts on; the processes check all the others.
 *
 * @param {string[]} args
 * @param {Record<string, string | undefined>} environment
 * @returns {StartSettings}
 */
export function readStartSettings(args, environment) {
  const options = readArguments(args);
  const setting = (name) => environment[name]?.trim() || undefined;
  const host = setting('HOST') ?? '127.0.0.1';
  const port = readPort('PORT', setting('PORT') ?? '8000');
  const nodePort = readPort('STREAM_NODE_PORT', setting('STREAM_NODE_PORT') ?? '8001');
  if (options.only === 'all' && port >= nodePort && port < nodePort + options.nodes) {
    const last = nodePort + options.nodes - 1;
    throw new LaunchFault(
      `PORT and the stream nodes (${nodePort} to ${last}) must not meet: give them different numbers.`,
    );
  }
  const rtmpPort = readPort('RTMP_PORT', setting('RTMP_PORT') ?? '1935');
  const others = options.only === 'stream-node' ? [] : [port];
  const nodePorts = Array.from({ length: options.nodes }, (_, n) => nodePort + n);
  if ([...others, ...nodePorts].some((other) => other >= rtmpPort && other < rtmpPort + options.nodes)) {
    throw new LaunchFault('RTMP_PORT, PORT and STREAM_NODE_PORT must not meet: give them different numbers.');
  }
  const localHost = host === '0.0.0.0' || host === 'localhost' ? '127.0.0.1' : host === '::' ? '[::1]' : host;
  const nodePublicUrl = setting('STREAM_NODE_PUBLIC_URL');
  if (options.nodes > 1 && nodePublicUrl && !/\{(n|port)\}/.test(nodePublicUrl)) {
    throw new LaunchFault(
      `STREAM_NODE_PUBLIC_URL names one node, and there are to be ${options.nodes}: put {n} or {port} into it.`,
    );
  }
  const dataDir = setting('ZYZZ_DATA_DIR') ?? '.data';
  const isSecure = setting('TLS_CERT') !== undefined && setting('TLS_KEY') !== undefined;
  const publicUrl = setting('ZYZZ_PUBLIC_URL') ?? `${isSecure ? 'https' : 'http'}://localhost:${port}`;
  return {
    ...options,
    host,
    localHost,
    port,
    nodePort,
    nodePublicUrl,
    rtmpPort,
    isRtmpPortChosen: setting('RTMP_PORT') !== undefined,
    dataDir: isAbsolute(dataDir) ? dataDir : inCheckout(dataDir),
    publicUrl: readUrl('ZYZZ_PUBLIC_URL', publicUrl),
    webUrl: readUrl('ZYZZ_WEB_URL', setting('ZYZZ_WEB_URL') ?? `http://${localHost}:${port}`),
    databaseUrl: setting('DATABASE_URL'),
  };
}

/** @param {StartSettings} settings @param {number} n counts from 1 */
export function publicUrlOfNode(settings, n) {
  const port = settings.nodePort + n - 1;
  if (settings.nodePublicUrl) {
    return settings.nodePublicUrl.replaceAll('{n}', String(n)).replaceAll('{port}', String(port));
  }
  const { protocol, hostname } = new URL(settings.publicUrl);
  return `${protocol}//${hostname}:${port}`;
}

function readArguments(args) {
  let values;
  try {
    ({ values } = parseArgs({
      args,
      options: { nodes: { type: 'string' }, dev: { type: 'boolean' }, only: { type: 'string' } },
    }));
  } catch (error) {
    throw new LaunchFault(`${error.message.split('. ')[0]}. The command is: ${usage}`);
  }
  const nodes = Number(values.nodes ?? 1);
  if (!Number.isInteger(nodes) || nodes < 1 || nodes > 16) {
    throw new LaunchFault(`--nodes must be a number from 1 to 16, not "${values.nodes}".`);
  }
  const only = values.only ?? 'all';
  if (!['all', 'web', 'stream-node'].includes(only)) {
    throw new LaunchFault(`--only must be "web" or "stream-node", not "${only}".`);
  }
  return { nodes, only, dev: values.dev === true };
}

function readPort(name, text) {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new LaunchFault(`${name} must be a port number from 1 to 65535, not "${text}".`);
  }
  return port;
}

function readUrl(name, text) {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) {
    throw new LaunchFault(`${name} must be an http or https URL, not "${text}".`);
  }
  return text.replace(/\/+$/, '');
}
