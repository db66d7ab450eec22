import { join } from 'node:path';
import { inCheckout } from './checkout.mjs';
import { streamNodeFlags } from './node-flags.mjs';
import { publicUrlOfNode } from './start-settings.mjs';

/** What a node has no business with: it holds no database and signs nothing. */
const webOnly = ['DATABASE_URL', 'REDIS_URL', 'ZYZZ_SECRET', 'ZYZZ_OPERATOR_TOKEN', 'FACEBOOK_CLIENT_SECRET'];

/**
 * @typedef {import('./start-settings.mjs').StartSettings} StartSettings
 * @typedef {{ secret: string, nodeSecret: string, operatorToken: string }} Secrets
 */

/** @param {StartSettings} settings @param {Secrets} secrets @param {string} databaseUrl */
export function webPlan(settings, secrets, databaseUrl) {
  return {
    name: 'web',
    logName: 'web',
    args: program('server/main', settings.dev),
    env: {
      ...commonEnvironment(settings),
      PORT: String(settings.port),
      DATABASE_URL: databaseUrl,
      ZYZZ_DATA_DIR: settings.dataDir,
      ZYZZ_PUBLIC_URL: settings.publicUrl,
      ZYZZ_SECRET: secrets.secret,
      ZYZZ_NODE_SECRET: secrets.nodeSecret,
      ZYZZ_OPERATOR_TOKEN: secrets.operatorToken,
      NEXTAUTH_URL: settings.publicUrl,
      NEXTAUTH_SECRET: secrets.secret,
    },
    // Its /readyz waits for a node, and nodes wait for it.
    readyUrl: `http://${settings.localHost}:${settings.port}/healthz`,
    logFile: settings.dev ? undefined : join(settings.dataDir, 'logs', 'web.log'),
  };
}

/** @param {StartSettings} settings @param {string} nodeSecret @param {number} n counts from 1 */
export function nodePlan(settings, nodeSecret, n) {
  const port = settings.nodePort + n - 1;
  const inherited = commonEnvironment(settings);
  const environment = Object.fromEntries(Object.entries(inherited).filter(([name]) => !webOnly.includes(name)));
  return {
    name: settings.nodes === 1 ? 'stream node' : `stream node ${n}`,
    logName: `stream-node-${n}`,
    args: [...streamNodeFlags, ...program('stream-node/main', settings.dev)],
    env: {
      ...environment,
      STREAM_NODE_PORT: String(port),
      RTMP_PORT: String(settings.rtmpPort + n - 1),
      STREAM_NODE_PUBLIC_URL: publicUrlOfNode(settings, n),
      ZYZZ_WEB_URL: settings.webUrl,
      ZYZZ_NODE_SECRET: nodeSecret,
      ZYZZ_DATA_DIR: join(settings.dataDir, `node-${n}`),
    },
    readyUrl: `http://${settings.localHost}:${port}/readyz`,
    logFile: settings.dev ? undefined : join(settings.dataDir, 'logs', `stream-node-${n}.log`),
  };
}

function commonEnvironment(settings) {
  const mode = settings.dev ? 'development' : 'production';
  return { ...process.env, NODE_ENV: mode, HOST: settings.host, NEXT_TELEMETRY_DISABLED: '1' };
}

function program(path, dev) {
  return dev
    ? ['--import', 'tsx', inCheckout(`${path}.ts`)]
    : ['--enable-source-maps', inCheckout('dist', `${path}.mjs`)];
}
