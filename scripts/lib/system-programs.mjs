import { existsSync } from 'node:fs';
import { LaunchFault } from './launch-fault.mjs';
import { answers, runProgram, tail } from './run-program.mjs';

const installers = [
  {
    program: 'apt-get',
    packageFor: { ffmpeg: 'ffmpeg', chromium: 'chromium', 'redis-server': 'redis-server', curl: 'curl' },
    type: 'sudo apt-get install -y',
  },
  {
    program: 'dnf',
    packageFor: { ffmpeg: 'ffmpeg-free', chromium: 'chromium', 'redis-server': 'redis', curl: 'curl' },
    type: 'sudo dnf install -y',
  },
  {
    program: 'pacman',
    packageFor: { ffmpeg: 'ffmpeg', chromium: 'chromium', 'redis-server': 'redis', curl: 'curl' },
    type: 'sudo pacman -S',
  },
  {
    program: 'apk',
    packageFor: { ffmpeg: 'ffmpeg', chromium: 'chromium', 'redis-server': 'redis', curl: 'curl' },
    type: 'sudo apk add',
  },
  {
    program: 'brew',
    packageFor: { ffmpeg: 'ffmpeg', chromium: '--cask chromium', 'redis-server': 'redis', curl: 'curl' },
    type: 'brew install',
  },
];

/** The command to type for a missing program on this machine. */
export function installCommand(name, isThere = (program) => answers('sh', ['-c', `command -v ${program}`])) {
  const installer = installers.find(({ program }) => isThere(program));
  return installer
    ? `${installer.type} ${installer.packageFor[name]}`
    : `the package manager of this system for ${name}`;
}

/**
 * Sees to it that ffmpeg and ffprobe run: installs them where it may, else says the exact command.
 *
 * @param {(what: string) => void} say
 */
export async function ensureFfmpeg(say) {
  const programs = { FFMPEG_PATH: process.env.FFMPEG_PATH, FFPROBE_PATH: process.env.FFPROBE_PATH };
  for (const [setting, path] of Object.entries(programs)) {
    if (path && !answers(path, ['-version'])) {
      throw new LaunchFault(`${setting} names ${path}, which does not run: correct it, or leave it out.`);
    }
  }
  const runs = () =>
    (programs.FFMPEG_PATH || answers('ffmpeg', ['-version'])) &&
    (programs.FFPROBE_PATH || answers('ffprobe', ['-version']));
  await ensureProgram('ffmpeg', () => Boolean(runs()), say);
}

/**
 * Sees to it that a Chromium is there for the browser tests.
 *
 * @param {(what: string) => void} say
 * @param {{ install: boolean }} [may] install false: only look
 * @returns {Promise<string>} its path
 */
export async function ensureChromium(say, { install } = { install: true }) {
  const given = process.env.CHROMIUM_PATH;
  if (given) {
    if (!existsSync(given)) {
      throw new LaunchFault(`CHROMIUM_PATH names ${given}, which is not there: correct it, or leave it out.`);
    }
    return given;
  }
  const candidates = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  const find = () => candidates.find((path) => existsSync(path));
  await ensureProgram('chromium', () => find() !== undefined, say, install);
  return find() ?? candidates[0];
}

/**
 * Sees to it that a Redis is there for the tests of the bus.
 *
 * @param {(what: string) => void} say
 */
export async function ensureRedis(say) {
  await ensureProgram('redis-server', () => Boolean(answers('redis-server', ['--version'])), say);
}

/**
 * Sees to it that curl runs: the contracts' transcripts are driven by it.
 *
 * @param {(what: string) => void} say
 */
export async function ensureCurl(say) {
  await ensureProgram('curl', () => Boolean(answers('curl', ['--version'])), say);
}

async function ensureProgram(name, isThere, say, install = true) {
  if (isThere()) {
    return;
  }
  const command = installCommand(name);
  if (!install || process.getuid?.() !== 0 || !command.includes('apt-get')) {
    throw new LaunchFault(`${name} is not installed. Install it with: ${command}`);
  }
  say(`apt-get: installing ${name}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await runProgram('apt-get', ['update', '-q'], { env });
  const { code, output } = await runProgram('apt-get', ['install', '-y', '-q', '--no-install-recommends', name], {
    env,
  });
  if (code !== 0 || !isThere()) {
    throw new LaunchFault(`${name} is not installed and apt-get could not install it:\n${tail(output, 6)}`);
  }
}
