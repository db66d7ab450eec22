import { join } from 'node:path';
import { ensureBuild } from './build.mjs';
import { nodePlan, webPlan } from './child-plans.mjs';
import { Child } from './child-process.mjs';
import { claimDataFolder, prepareDataFolder } from './data-folder.mjs';
import { openDatabaseServer, prepareDatabase } from './database.mjs';
import { LaunchFault } from './launch-fault.mjs';
import { ensurePackages } from './packages.mjs';
import { isFreePort, requireFreePort } from './ports.mjs';
import { readSecrets } from './secrets.mjs';
import { restartOnChange } from './source-watch.mjs';
import { step } from './steps.mjs';
import { ensureFfmpeg } from './system-programs.mjs';

/** Brings the product up, keeps it up, and takes it down in the reverse order: processes first, the database last. */
export class Supervisor {
  #settings;
  /** @type {Child[]} */
  #children = [];
  /** @type {ReturnType<typeof openDatabaseServer> | undefined} */
  #database;
  /** @type {Awaited<ReturnType<typeof claimDataFolder>> | undefined} */
  #claim;
  /** @type {Promise<void> | undefined} */
  #stopped;
  /** Resolves with the reason when the product cannot go on. */
  failed;
  #fail;

  /** @param {import('./start-settings.mjs').StartSettings} settings */
  constructor(settings) {
    this.#settings = settings;
    this.failed = new Promise((resolve) => {
      this.#fail = resolve;
    });
  }

  /** Resolves once everything answers. Throws what kept it from starting; `stop()` still has to be called then. */
  async start() {
    const { only, dev, dataDir, localHost, port, publicUrl } = this.#settings;
    prepareDataFolder(dataDir);
    this.#claim = await claimDataFolder(join(dataDir, only === 'stream-node' ? 'stream-node.pid' : 'supervisor.pid'));
    const secrets = readSecrets(this.#settings, process.env);
    await this.#requirePorts();
    await step('packages', ensurePackages);
    await step('ffmpeg', ensureFfmpeg);
    await step('build', (say) => ensureBuild(say, { pages: !dev && only !== 'stream-node' }));
    if (only !== 'stream-node') {
      const databaseUrl = await this.#startDatabase();
      await step('web', () => this.#bringUp([webPlan(this.#settings, secrets, databaseUrl)]));
    }
    if (only !== 'web') {
      const numbers = Array.from({ length: this.#settings.nodes }, (_, index) => index + 1);
      const plans = numbers.map((n) => nodePlan(this.#settings, secrets.nodeSecret, n));
      await step(plans.length === 1 ? 'stream node' : `${plans.length} nodes`, () => this.#bringUp(plans));
    }
    if (only === 'all') {
      await this.#children[0]?.ready(`http://${localHost}:${port}/readyz`);
    }
    if (only !== 'stream-node' && !process.env.ZYZZ_OPERATOR_TOKEN) {
      process.stdout.write(`  operator token: ${join(dataDir, 'operator-token')}\n`);
    }
    if (dev) {
      restartOnChange(this.#children);
    }
    process.stdout.write(only === 'stream-node' ? 'the stream node is ready\n' : `zyzz is ready at ${publicUrl}\n`);
  }

  /** Ends everything; safe to call at any moment and twice. */
  stop() {
    this.#stopped ??= this.#stopAll();
    return this.#stopped;
  }

  /** For a second Ctrl-C: no more patience with the processes; the database still ends cleanly. */
  hurry() {
    for (const child of this.#children) {
      child.kill();
    }
  }

  async #startDatabase() {
    const { databaseUrl, dataDir } = this.#settings;
    const url = await step('database', async () => {
      this.#database = openDatabaseServer(databaseUrl, dataDir);
      const database = await this.#database;
      database.died.then((reason) => this.#fail(`The database ended: ${reason}.`));
      return database.url;
    });
    await step('migrations', () => prepareDatabase(url));
    return url;
  }

  /** @param {import('./child-process.mjs').ChildPlan[]} plans */
  async #bringUp(plans) {
    this.#requireRunning();
    const started = plans.map((plan) => new Child(plan, () => this.#noteChildren()));
    this.#children.push(...started);
    for (const child of started) {
      child.start();
    }
    await Promise.all(started.map((child) => child.ready()));
    this.#requireRunning();
  }

  #noteChildren() {
    this.#claim?.noteChildren(this.#children.flatMap(({ pid, plan }) => (pid ? [{ pid, name: plan.logName }] : [])));
  }

  #requireRunning() {
    if (this.#stopped) {
      throw new LaunchFault('zyzz was stopped before it was ready.');
    }
  }

  async #stopAll() {
    for (const child of this.#children) {
      await child.stop();
    }
    // Told to stop while it was just starting, it is waited for.
    const database = await this.#database?.catch(() => undefined);
    await database?.stop();
    this.#claim?.release();
  }

  async #requirePorts() {
    const { only, host, port, nodePort, rtmpPort, isRtmpPortChosen, nodes } = this.#settings;
    if (only !== 'stream-node') {
      await requireFreePort(host, port, 'PORT');
    }
    for (let n = 0; n < nodes && only !== 'web'; n++) {
      await requireFreePort(host, nodePort + n, 'STREAM_NODE_PORT');
      if (isRtmpPortChosen) {
        await requireFreePort(host, rtmpPort + n, 'RTMP_PORT');
      } else if (!(await isFreePort(host, rtmpPort + n))) {
        // The usual port is the only thing on it that another product may have too: the rest goes on without.
        const line = `no encoders: port ${rtmpPort + n} is taken, choose another with RTMP_PORT`;
        process.stdout.write(`  ${'RTMP'.padEnd(12)} ${line}\n`);
      }
    }
  }
}
