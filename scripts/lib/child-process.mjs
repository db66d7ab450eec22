import { spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { answersOk } from './answers-ok.mjs';
import { checkout } from './checkout.mjs';
import { LaunchFault } from './launch-fault.mjs';
import { reasonIn } from './log-reason.mjs';

/** A node that drains before it stops takes its drain time besides. */
const STOP_PATIENCE_MS = 15_000 + Number(process.env.ZYZZ_DRAIN_SECONDS || 0) * 1000;
const LOG_BYTES_MAX = 20 * 1024 * 1024;
const STABLE_AFTER_MS = 60_000;
const BACK_OFF_MS = { first: 500, most: 30_000 };

/**
 * @typedef {object} ChildPlan
 * @property {string} name as people read it
 * @property {string} logName as files are named
 * @property {string[]} args of node
 * @property {NodeJS.ProcessEnv} env
 * @property {string} readyUrl answers 200 once the process does its work
 * @property {string | undefined} logFile undefined: on our own terminal
 */

/**
 * One process of the product: started, waited for, started again when it dies, stopped.
 *
 * It stands in a process group of its own, so that Ctrl-C reaches only the supervisor, and holds an 'ipc' channel, so that
 * it notices when the supervisor is killed.
 */
export class Child {
  /** @type {import('node:child_process').ChildProcess | undefined} */
  #process;
  #startedAtMs = 0;
  /** where in the log this run of the process begins, in bytes */
  #logStart = 0;
  #backOffMs = BACK_OFF_MS.first;
  #stopping = false;
  /** the process that ran last was ready once */
  #wasReady = false;

  #restarting = Promise.resolve();
  #onPidChange;

  /** @param {ChildPlan} plan @param {() => void} onPidChange */
  constructor(plan, onPidChange) {
    this.plan = plan;
    this.#onPidChange = onPidChange;
  }

  get pid() {
    return this.#alive() ? this.#process?.pid : undefined;
  }

  start() {
    const { args, env, logFile } = this.plan;
    const log = logFile ? openLog(logFile) : 'inherit';
    this.#logStart = typeof log === 'number' ? fstatSync(log).size : 0;
    const child = spawn(process.execPath, args, {
      cwd: checkout,
      env,
      stdio: ['ignore', log, log, 'ipc'],
      detached: true,
    });
    if (typeof log === 'number') {
      closeSync(log);
    }
    this.#process = child;
    this.#startedAtMs = Date.now();
    child.once('exit', (code, signal) => this.#ended(signal ?? `exit code ${code}`));
    this.#onPidChange();
  }

  /** Resolves when the process is ready; rejects with its own last words when it ends before. */
  async ready(url = this.plan.readyUrl) {
    while (!this.#stopping) {
      if (!this.#alive()) {
        throw new LaunchFault(`${this.plan.name} did not start: ${this.lastWords()}`);
      }
      if (await answersOk(url)) {
        this.#wasReady = true;
        return;
      }
      await wait(50);
    }
  }

  /** Ends it with SIGTERM, and its whole group with SIGKILL when it does not end in time. */
  async stop() {
    this.#stopping = true;
    const child = this.#process;
    if (!child || !this.#alive()) {
      return;
    }
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const insist = setTimeout(() => this.kill(), STOP_PATIENCE_MS);
    await exited;
    clearTimeout(insist);
  }

  /** Ends it and all it started, at once. */
  kill() {
    this.#stopping = true;
    if (this.#process?.pid && this.#alive()) {
      process.kill(-this.#process.pid, 'SIGKILL');
    }
  }

  /** Starts it anew, for changed sources; calls that overlap are done one after the other. */
  restart() {
    this.#restarting = this.#restarting.then(async () => {
      await this.stop();
      this.#stopping = false;
      this.start();
    });
    return this.#restarting;
  }

  /** The reason in what the process wrote last, or else how it ended. */
  lastWords() {
    const written = this.plan.logFile ? readFileSync(this.plan.logFile).subarray(this.#logStart).toString() : '';
    const ending = this.#process?.signalCode ?? `exit code ${this.#process?.exitCode}`;
    return reasonIn(written.trimEnd().split('\n')) ?? `it ended with ${ending}`;
  }

  #alive() {
    return this.#process !== undefined && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  #ended(how) {
    this.#onPidChange();
    if (this.#stopping || !this.#wasReady) {
      return;
    }
    if (Date.now() - this.#startedAtMs > STABLE_AFTER_MS) {
      this.#backOffMs = BACK_OFF_MS.first;
    }
    process.stdout.write(`  ${this.plan.name} ended (${how}); it is started again in ${this.#backOffMs / 1000} s\n`);
    setTimeout(() => {
      if (!this.#stopping) {
        this.start();
      }
    }, this.#backOffMs);
    this.#backOffMs = Math.min(this.#backOffMs * 2, BACK_OFF_MS.most);
  }
}

function openLog(file) {
  try {
    if (statSync(file).size > LOG_BYTES_MAX) {
      renameSync(file, `${file}.1`);
    }
  } catch {
    // There is none yet.
  }
  return openSync(file, 'a', 0o600);
}
