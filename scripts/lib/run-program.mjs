import { spawn, spawnSync } from 'node:child_process';

/**
 * Runs a program to its end. It dies with us: a killed command leaves no half-done work running.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, show?: boolean }} [options] show: pass its output on instead of keeping it
 * @returns {Promise<{ code: number, output: string }>} output: the last 64 KiB of what it wrote, both streams as they came
 */
export function runProgram(program, args, options = {}) {
  return new Promise((resolve) => {
    const stdio = options.show ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'];
    const child = spawn(program, args, { stdio, env: options.env ?? process.env });
    const end = () => child.kill('SIGTERM');
    process.once('exit', end);
    let output = '';
    const keep = (chunk) => {
      output = (output + chunk).slice(-65_536);
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    const done = (code, extra = '') => {
      process.off('exit', end);
      resolve({ code, output: output + extra });
    };
    child.once('error', (error) => done(127, error.message));
    child.once('close', (code, signal) => done(code ?? 1, signal ? `ended by ${signal}` : ''));
  });
}

/** Whether a program is there and runs. */
export function answers(program, args) {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}

/** The last lines of a program's output that say something. */
export function tail(output, lines = 12) {
  return output.trim().split('\n').slice(-lines).join('\n');
}
