import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export type CurlAnswer = {
  status: number;
  /** names in lower case */
  headers: Map<string, string>;
  /** as it came, byte for byte */
  body: string;
};

/** Runs curl itself with `args` and gives what it printed; a redirect is not followed. @throws Error when curl fails */
export async function curl(...args: string[]): Promise<CurlAnswer> {
  const { stdout } = await run('curl', ['-sS', '-i', '--max-time', '30', ...args], { maxBuffer: 2 ** 24 });
  const headEnd = stdout.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = stdout.slice(0, headEnd).split('\r\n');
  const status = Number(statusLine.split(' ')[1]);
  if (status === 100) {
    throw new Error('curl was told to go on first; send a smaller body, or none of "Expect"');
  }
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { status, headers: new Map(headers), body: stdout.slice(headEnd + 4) };
}
