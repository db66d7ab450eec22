import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { answersOk } from './answers-ok.mjs';
import { requireNode } from './checkout.mjs';
import { requireFreePort } from './ports.mjs';
import { publicUrlOfNode } from './start-settings.mjs';
import { ensureChromium, installCommand } from './system-programs.mjs';
import { checkTls } from './tls-check.mjs';

/** What the stream node asks of ffmpeg. */
const neededEncoders = ['libx264', 'aac'];
const isLoopback = (host) => /^(localhost|127\.|\[?::1)/.test(host);

/**
 * @typedef {{ name: string, run: () => Promise<string | void> }} Check resolves with a remark; throws the fault and its cure
 *
 * @param {import('./start-settings.mjs').StartSettings} settings
 * @param {Record<string, string | undefined>} environment
 * @returns {Check[]}
 */
export function doctorChecks(settings, environment) {
  const ports = [
    ['PORT', settings.port],
    ...Array.from({ length: settings.nodes }, (_, n) => ['STREAM_NODE_PORT', settings.nodePort + n]),
    ...Array.from({ length: settings.nodes }, (_, n) => ['RTMP_PORT', settings.rtmpPort + n]),
  ];
  return [
    {
      name: 'Node',
      run: async () => {
        requireNode();
        return process.versions.node;
      },
    },
    { name: 'ffmpeg', run: async () => checkFfmpeg(environment.FFMPEG_PATH || 'ffmpeg') },
    { name: 'ffprobe', run: async () => versionOf(environment.FFPROBE_PATH || 'ffprobe') },
    { name: 'Chromium', run: () => ensureChromium(() => {}, { install: false }) },
    { name: 'data folder', run: async () => checkDataFolder(settings.dataDir) },
    { name: 'database', run: () => checkDatabase(settings.databaseUrl) },
    ...ports.map(([setting, port]) => ({
      name: `port ${port}`,
      run: async () => {
        if (await answersOk(`http://${settings.localHost}:${port}/healthz`)) {
          return 'zyzz is running there';
        }
        await requireFreePort(settings.host, port, setting);
        return 'free';
      },
    })),
    {
      name: 'certificate',
      run: async () => checkTls(environment, [settings.publicUrl, publicUrlOfNode(settings, 1)]),
    },
    { name: 'public URL', run: async () => checkPublicUrl(settings, environment) },
    { name: 'node URL', run: async () => checkNodeUrl(settings) },
  ];
}

function versionOf(program) {
  const { status, stdout } = spawnSync(program, ['-version'], { encoding: 'utf8' });
  if (status !== 0) {
    throw new Error(`${program} does not run. Install it with: ${installCommand('ffmpeg')}`);
  }
  return stdout.split(' ').slice(2, 3).join('');
}

function checkFfmpeg(program) {
  const version = versionOf(program);
  const { stdout } = spawnSync(program, ['-v', 'error', '-encoders'], { encoding: 'utf8' });
  const has = (encoder) => new RegExp(`^ [VA]\\S+ ${encoder} `, 'm').test(stdout);
  const missing = neededEncoders.filter((encoder) => !has(encoder));
  if (missing.length > 0) {
    throw new Error(
      `this ffmpeg has no ${missing.join(' and no ')}: install a full build (${installCommand('ffmpeg')}), or set FFMPEG_PATH.`,
    );
  }
  return `${version}, encoders ${neededEncoders.join(', ')}${has('libfdk_aac') ? ', libfdk_aac' : ''}`;
}

function checkDataFolder(dataDir) {
  let folder = dataDir;
  while (!existsSync(folder)) {
    folder = dirname(folder);
  }
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return dataDir;
  } catch {
    throw new Error(`${folder} is not writable: change its owner, or set ZYZZ_DATA_DIR.`);
  }
}

async function checkDatabase(databaseUrl) {
  if (!databaseUrl) {
    return 'embedded';
  }
  if (!/^postgres(ql)?:\/\//.test(databaseUrl) || !URL.canParse(databaseUrl)) {
    throw new Error('DATABASE_URL is no postgres:// URL: correct it, or leave it out for the embedded database.');
  }
  const { hostname, port, pathname } = new URL(databaseUrl);
  const address = { host: hostname || 'localhost', port: Number(port || 5432) };
  const fault = await connectFault(address);
  if (fault) {
    throw new Error(
      `nothing answers at ${address.host}:${address.port} (${fault}): start it, or correct DATABASE_URL.`,
    );
  }
  return `${address.host}:${address.port}${pathname}`;
}

function connectFault(address) {
  return new Promise((resolve) => {
    const socket = connect({ ...address, timeout: 5000 });
    const done = (fault) => {
      socket.destroy();
      resolve(fault);
    };
    socket.once('connect', () => done(undefined));
    socket.once('timeout', () => done('no answer within 5 s'));
    socket.once('error', (error) => done(error.code ?? error.message));
  });
}

function checkPublicUrl({ publicUrl, host }, environment) {
  const { hostname } = new URL(publicUrl);
  const facebook = Boolean(environment.FACEBOOK_CLIENT_ID && environment.FACEBOOK_CLIENT_SECRET);
  if (!facebook && !(isLoopback(hostname) && isLoopback(host))) {
    throw new Error(
      `${publicUrl} is public and nobody could sign in: set FACEBOOK_CLIENT_ID and FACEBOOK_CLIENT_SECRET.`,
    );
  }
  if (!isLoopback(hostname) && !publicUrl.startsWith('https:')) {
    throw new Error(`${publicUrl} must be https: browsers give camera and microphone to no other page.`);
  }
  return publicUrl;
}

function checkNodeUrl(settings) {
  const url = publicUrlOfNode(settings, 1);
  if (settings.publicUrl.startsWith('https:') && !url.startsWith('https:')) {
    throw new Error(
      `${url} must be https, because the pages are: set STREAM_NODE_PUBLIC_URL to the proxy of the node, or TLS_CERT and TLS_KEY.`,
    );
  }
  return url;
}
