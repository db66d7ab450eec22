import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { BidiSocket } from './bidi-socket';
import { asJson, type DrivenBrowser, namingScript } from './driven-browser';

const program = 'firefox-esr';

/** A camera and a microphone that are made up, no questions asked, and sound without a tap; nothing that calls home. */
const preferences = {
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  'media.autoplay.default': 0,
  'app.normandy.enabled': false,
  'app.update.enabled': false,
  'browser.safebrowsing.downloads.remote.enabled': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'extensions.getAddons.cache.enabled': false,
  'media.gmp-manager.updateEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,',
  'toolkit.telemetry.reportingpolicy.firstRun': false,
};

/** Firefox ESR without a window, driven by WebDriver BiDi over the port that it opens for that. */
export class Firefox implements DrivenBrowser {
  private constructor(
    readonly name: string,
    private readonly child: ChildProcess,
    private readonly folder: string,
    private readonly socket: BidiSocket,
    private readonly context: string,
  ) {}

  /** @param environment what tells it where its speakers are */
  static async start(environment: Record<string, string>): Promise<Firefox> {
    const version = execFileSync(program, ['--version'], { encoding: 'utf8' }).trim().replace('Mozilla ', '');
    const folder = await mkdtemp(join(tmpdir(), 'zyzz-firefox-'));
    const lines = Object.entries(preferences).map(
      ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
    );
    await writeFile(join(folder, 'user.js'), `${lines.join('\n')}\n`);
    const child = spawn(program, ['--headless', '--no-remote', '--profile', folder, '--remote-debugging-port=0'], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    try {
      const socket = await BidiSocket.open(`${await listeningAt(child)}/session`);
      await socket.call('session.new', { capabilities: {} });
      const { contexts } = await socket.call<{ contexts: { context: string }[] }>('browsingContext.getTree', {});
      const firefox = new Firefox(version, child, folder, socket, contexts[0]?.context ?? '');
      await firefox.addScript(namingScript);
      return firefox;
    } catch (error) {
      await end(child, folder);
      throw error;
    }
  }

  async open(url: string): Promise<void> {
    await this.socket.call('browsingContext.navigate', { context: this.context, url, wait: 'complete' });
  }

  async run<Value>(expression: string): Promise<Value> {
    const answer = await this.socket.call<BidiEvaluated>('script.evaluate', {
      expression: asJson(expression),
      target: { context: this.context },
      awaitPromise: true,
      // As a press of the person would have it: sound may play, a window may open.
      userActivation: true,
    });
    if (answer.type === 'exception') {
      throw new Error(`${this.name}: ${answer.exceptionDetails.text}`);
    }
    return JSON.parse(answer.result.value);
  }

  async addScript(source: string): Promise<void> {
    await this.socket.call('script.addPreloadScript', { functionDeclaration: `() => {${source}}` });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.close();
    await end(this.child, this.folder);
  }
}

type BidiEvaluated =
  | { type: 'success'; result: { value: string } }
  | { type: 'exception'; exceptionDetails: { text: string } };

/** The address that Firefox tells once it listens. */
async function listeningAt(child: ChildProcess): Promise<string> {
  if (child.stderr === null) {
    throw new Error('Firefox was started without its stderr');
  }
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    const url = /WebDriver BiDi listening on (ws:\S+)/.exec(line)?.[1];
    if (url !== undefined) {
      // What it says from here on is nobody's business, but must be read.
      child.stderr.resume();
      return url;
    }
    said.push(line);
  }
  throw new Error(`Firefox ended before it listened:\n${said.join('\n')}`);
}

async function end(child: ChildProcess, folder: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    const impatience = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await exited;
    clearTimeout(impatience);
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
