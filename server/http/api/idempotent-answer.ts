import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { and, eq, getTableColumns, lt, sql } from 'drizzle-orm';
import type { Queryable } from '../../../db/client';
import { idempotencyKeys } from '../../../db/schema';
import type { ServerEnv } from '../../env';
import { AppError, isAppError } from '../../errors';
import type { HttpAnswer, HttpRequest } from '../route';

const keyPattern = /^[\x21-\x7e]{1,255}$/;
/** How long the same key means the same call. */
export const idempotencyKeyHours = 24;
/** A call that has not answered by then is taken for dead, with its process. */
const isAbandoned = sql<boolean>`${idempotencyKeys.createdAt} < now() - interval '60 seconds'`;
const patienceMs = 30_000;
const lookAgainMs = 50;

/** In the place of a status: the call ended in a fault of ours. */
const brokenOff = 500;
const unknownOutcome = () =>
  new AppError(
    'conflict',
    'Idempotency-Key: its first request broke off, and may have been carried out; look, and use a new key',
  );

const sha256 = (text: string | Buffer) => createHash('sha256').update(text).digest('hex');

/** The `Idempotency-Key` of a request, or `null`. @throws AppError `bad_request` */
export function idempotencyKeyOf(request: Pick<HttpRequest, 'headers'>): string | null {
  const key = request.headers['idempotency-key'];
  if (key === undefined) {
    return null;
  }
  if (typeof key !== 'string' || !keyPattern.test(key)) {
    throw new AppError('bad_request', 'Idempotency-Key: must be 1 to 255 printable ASCII characters');
  }
  return key;
}

/**
 * Answers a creating call at most once. The same key with the same request gets the first one's answer, waiting for it where it
 * is still under way. A call that was refused changed nothing, and may be tried again with its key. One that broke off, with its
 * process or by a fault of ours, may have done its work and nobody knows: its key stays taken, and says so.
 *
 * @throws AppError `conflict` when the key was used for another request, or its first call broke off or does not end
 */
export async function answerOnce(
  deps: { db: Queryable; env: Pick<ServerEnv, 'secret'> },
  call: { actor: string; key: string; request: Pick<HttpRequest, 'method' | 'url' | 'body'> },
  answer: () => Promise<HttpAnswer>,
): Promise<HttpAnswer> {
  const { actor, key, request } = call;
  const keyHash = sha256(key);
  const path = request.url.pathname.replace(/\/$/, '');
  const requestHash = sha256(`${request.method} ${path} ${sha256(request.body)}`);
  const sealKey = Buffer.from(hkdfSync('sha256', deps.env.secret, key, 'zyzz, idempotent answer, version 1', 32));
  const thisKey = and(eq(idempotencyKeys.actor, actor), eq(idempotencyKeys.keyHash, keyHash));
  const deadlineMs = Date.now() + patienceMs;
  while (!(await claim(deps.db, { actor, keyHash, requestHash }))) {
    const [row] = await deps.db
      .select({ ...getTableColumns(idempotencyKeys), isAbandoned })
      .from(idempotencyKeys)
      .where(thisKey);
    if (row !== undefined && row.requestHash !== requestHash) {
      throw new AppError('conflict', 'Idempotency-Key: was used for another request');
    }
    if (row?.sealedAnswer) {
      return { ...unseal(row.sealedAnswer, sealKey), status: row.status ?? 200 };
    }
    if (row?.status === brokenOff || row?.isAbandoned) {
      throw unknownOutcome();
    }
    if (Date.now() > deadlineMs) {
      throw new AppError('conflict', 'Idempotency-Key: its first request is still under way; try again');
    }
    await sleep(lookAgainMs);
  }
  try {
    const given = await answer();
    const { status, headers, body } = given;
    const sealedAnswer = seal({ headers, body: body?.toString() }, sealKey);
    await deps.db.update(idempotencyKeys).set({ status, sealedAnswer }).where(thisKey);
    return given;
  } catch (error) {
    await (isAppError(error)
      ? deps.db.delete(idempotencyKeys).where(thisKey)
      : deps.db.update(idempotencyKeys).set({ status: brokenOff }).where(thisKey));
    throw error;
  }
}

/** Whether the key is ours now: it is new, or out of date. */
async function claim(db: Queryable, values: { actor: string; keyHash: string; requestHash: string }): Promise<boolean> {
  const claimed = await db
    .insert(idempotencyKeys)
    .values(values)
    .onConflictDoUpdate({
      target: [idempotencyKeys.actor, idempotencyKeys.keyHash],
      set: { requestHash: values.requestHash, status: null, sealedAnswer: null, createdAt: sql`now()` },
      setWhere: lt(idempotencyKeys.createdAt, sql`now() - make_interval(hours => ${idempotencyKeyHours})`),
    })
    .returning({ actor: idempotencyKeys.actor });
  return claimed.length > 0;
}

/** Forgets the keys of yesterday. */
export async function forgetOldIdempotencyKeys(db: Queryable): Promise<void> {
  await db
    .delete(idempotencyKeys)
    .where(lt(idempotencyKeys.createdAt, sql`now() - make_interval(hours => ${idempotencyKeyHours})`));
}

type Sealed = Pick<HttpAnswer, 'headers' | 'body'>;

function seal(answer: Sealed, key: Buffer): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const sealed = [cipher.update(JSON.stringify(answer), 'utf8'), cipher.final()];
  return Buffer.concat([nonce, cipher.getAuthTag(), ...sealed]).toString('base64');
}

function unseal(text: string, key: Buffer): Sealed {
  const bytes = Buffer.from(text, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(12, 28));
  return JSON.parse(Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8'));
}
