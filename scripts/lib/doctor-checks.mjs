import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, statfsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { answersOk } from './answers-ok.mjs';
import { requireNode } from './checkout.mjs';
import { checkDatabase, checkRedis, checkS3 } from './doctor-services.mjs';
import { isFreePort, requireFreePort } from './ports.mjs';
import { publicUrlOfNode } from './start-settings.mjs';
import { ensureChromium, installCommand } from './system-programs.mjs';
import { checkTls } from './tls-check.mjs';

/** What the stream node asks of ffmpeg. */
const neededEncoders = ['libx264', 'aac'];
/** What live jobs may order besides, each with the encoders that a node takes for it; without one such a job goes to another node. */
const orderedEncoders = {
  h265: ['libx265'],
  av1: ['libaom-av1', 'libsvtav1'],
  opus: ['libopus'],
  mp3: ['libmp3lame'],
};
/** An hour of a stream in five renditions takes about 4 GB; below this nobody should go live. */
const freeBytesMin = 2e9;
const secretFile = /(secret|token)$/;
const isLoopback = (host) => /^(localhost|127\.|\[?::1)/.test(host);

/**
 * @typedef {{ name: string, run: () => Promise<string | void> }} Check resolves with a remark; throws the fault and its cure
 *
 * @param {import('./start-settings.mjs').StartSettings} settings
 * @param {Record<string, string | undefined>} environment
 * @returns {Check[]}
 */
export function doctorChecks(settings, environment) {
  const nodes = Array.from({ length: settings.nodes }, (_, n) => n);
  // Encoders' ports answer no HTTP: whose they are is asked at the node's own.
  const ports = [
    { setting: 'PORT', port: settings.port, asked: settings.port },
    ...nodes.map((n) => ({ setting: 'STREAM_NODE_PORT', port: settings.nodePort + n, asked: settings.nodePort + n })),
    ...nodes.map((n) => ({ setting: 'RTMP_PORT', port: settings.rtmpPort + n, asked: settings.nodePort + n })),
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
    { name: 'disk', run: async () => checkDisk(settings.dataDir) },
    { name: 'secrets', run: async () => checkSecretFiles(settings.dataDir) },
    { name: 'database', run: () => checkDatabase(settings.databaseUrl) },
    { name: 'Redis', run: () => checkRedis(environment.REDIS_URL?.trim()) },
    { name: 'S3', run: () => checkS3(environment) },
    ...ports.map(({ setting, port, asked }) => ({
      name: `port ${port}`,
      run: async () => {
        if (
          !(await isFreePort(settings.host, port)) &&
          (await answersOk(`http://${settings.localHost}:${asked}/healthz`))
        ) {
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
  return `${version}, encoders ${neededEncoders.join(', ')}${has('libfdk_aac') ? ', libfdk_aac' : ''}${orderedWords(has)}`;
}

/** What can be ordered here, and what cannot and why. @param {(encoder: string) => boolean} has */
export function orderedWords(has) {
  const entries = Object.entries(orderedEncoders);
  const found = entries.flatMap(([codec, names]) => (names.some(has) ? [`${codec} by ${names.find(has)}`] : []));
  const lacking = entries.filter(([, names]) => !names.some(has));
  const made = found.length > 0 ? `; live jobs may also order ${found.join(', ')}` : '';
  const notMade = lacking.map(([codec, names]) => `${codec} (no ${names.join(' or ')})`);
  return notMade.length > 0 ? `${made}; not here: ${notMade.join(', ')}` : made;
}

/** The folder itself, or what it would be made in. */
function existingPart(dataDir) {
  let folder = dataDir;
  while (!existsSync(folder)) {
    folder = dirname(folder);
  }
  return folder;
}

/** @param {string} dataDir @param {number} [freeBytes] for tests */
export function checkDisk(dataDir, freeBytes = freeBytesAt(existingPart(dataDir))) {
  const gigabytes = (freeBytes / 1e9).toFixed(1);
  if (freeBytes < freeBytesMin) {
    throw new Error(`only ${gigabytes} GB are free at ${dataDir}: make room, or set ZYZZ_DATA_DIR to a larger disk.`);
  }
  return `${gigabytes} GB free`;
}

function freeBytesAt(folder) {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** Keys in the data folder are for its owner alone. @param {string} dataDir */
export function checkSecretFiles(dataDir) {
  const names = existsSync(dataDir) ? readdirSync(dataDir).filter((name) => secretFile.test(name)) : [];
  const open = names.filter((name) => (statSync(join(dataDir, name)).mode & 0o077) !== 0);
  if (open.length > 0) {
    throw new Error(`others may read ${open.join(' and ')} in ${dataDir}: chmod 600 them.`);
  }
  return names.length === 0 ? 'none yet: npm start makes them' : names.join(', ');
}

function checkDataFolder(dataDir) {
  const folder = existingPart(dataDir);
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return dataDir;
  } catch {
    throw new Error(`${folder} is not writable: change its owner, or set ZYZZ_DATA_DIR.`);
  }
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
