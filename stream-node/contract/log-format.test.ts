import pino from 'pino';
import { expect, test } from 'vitest';
import { logFormat } from './log-format';

function lineOf(fields: object, message = 'it happened'): string {
  const lines: string[] = [];
  pino(logFormat, { write: (line: string) => void lines.push(line) }).info(fields, message);
  return lines.join('');
}

const secrets = {
  streamKey: `sk_${'a1-_'.repeat(8)}`,
  token: `zyzz_${'b2-_'.repeat(10)}xyz`,
  grant: 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ1c3JfMSJ9.c2lnbmF0dXJl',
  bearer: 'operator-token-of-a-machine',
  session: 'kXw3-session-of-a-person',
};

test.each([
  ['a field of its name', { grant: secrets.grant, nested: { cookie: secrets.session, authorization: secrets.bearer } }],
  ['a path', { path: `/stream/str_1/~${secrets.grant}/index.m3u8` }],
  ['the words of an error', { err: new Error(`no such key ${secrets.streamKey}; used ${secrets.token}`) }],
  ['a header in an error', { error: new Error(`Authorization: Bearer ${secrets.bearer}`) }],
  ['a cookie', { err: new Error(`cookie next-auth.session-token=${secrets.session}; theme=dark`) }],
  ['the address of a database', { reason: `postgres://zyzz:${secrets.session}@db:5432/zyzz` }],
])('a secret in %s never reaches the line', (_where, fields) => {
  const line = lineOf(fields);
  expect(JSON.parse(line)).toMatchObject({ msg: 'it happened' });
  for (const secret of Object.values(secrets)) {
    expect(line).not.toContain(secret);
  }
});

test('a failed query is shown without its parameters, with its cause and where it was made', () => {
  const cause = Object.assign(new Error('duplicate key'), {
    code: '23505',
    detail: `Key (token)=(${secrets.session})`,
  });
  const failed = Object.assign(
    new Error(`Failed query: select 1\nparams: ${secrets.session}\n    at home`, { cause }),
    {
      query: 'select 1',
      params: [secrets.session],
    },
  );
  const line = lineOf({ err: failed });
  expect(line).not.toContain(secrets.session);
  expect(JSON.parse(line).err).toMatchObject({
    message: 'Failed query: select 1',
    cause: { message: 'duplicate key', code: '23505' },
    stack: expect.stringContaining('log-format.test.ts'),
  });
});

test('what is no secret is left as it is', () => {
  const fields = { streamId: 'str_7HqK2mNpRtXa', url: 'http://localhost:8000/stream/str_7HqK2mNpRtXa/index.m3u8' };
  expect(JSON.parse(lineOf(fields))).toMatchObject(fields);
});
