import { createHmac } from 'node:crypto';
import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { accounts, dataDeletions } from '../../db/schema';
import { AppError } from '../errors';
import { askNodeNow } from '../nodes/ask-node-now';
import type { OperationContext } from '../operation-context';
import { erasePerson } from './erase-person';
import { readSignedRequest } from './facebook-signed-request';

export const DataDeletionCode = z.string().regex(/^[A-Za-z0-9_-]{22}$/, 'must be a confirmation code');

/**
 * The code of a request, the same each time it comes: an answer that got lost is given again, and a request that somebody
 * kept does nothing to an account that was made later. It tells nothing of the person.
 */
function codeOf(signedRequest: string, secret: string): string {
  const text = `data deletion ${signedRequest}`;
  return createHmac('sha256', secret).update(text).digest('base64url').slice(0, 22);
}

/**
 * Facebook asks for the deletion of a person's data: they removed the app and asked for it. Unknown people get a code too,
 * so that nobody learns who has an account.
 *
 * @param signedRequest as it came with the call
 * @returns what Facebook shows the person: where to look, and the code
 * @throws AppError `not_found` without Facebook sign-in, `bad_request` for a request that is not Facebook's
 */
export async function deleteDataForFacebook(
  context: Pick<OperationContext, 'db' | 'env' | 'logger'>,
  signedRequest: string,
): Promise<{ url: string; confirmation_code: string }> {
  const { db, env, logger } = context;
  if (env.facebook === null) {
    throw new AppError('not_found', 'Nobody signs in with Facebook here');
  }
  const request = readSignedRequest(signedRequest, env.facebook.clientSecret);
  const code = codeOf(signedRequest, env.secret);
  const nodeIds = await db.transaction(async (tx) => {
    const [isNew] = await tx.insert(dataDeletions).values({ code }).onConflictDoNothing().returning();
    const [account] = await tx
      .select({ userId: accounts.userId })
      .from(accounts)
      .where(and(eq(accounts.provider, 'facebook'), eq(accounts.providerAccountId, request.user_id)));
    if (isNew === undefined || account === undefined) {
      return [];
    }
    return (await erasePerson(tx, account.userId, { userId: account.userId, via: 'facebook' })) ?? [];
  });
  await Promise.all(nodeIds.map(async (nodeId) => await askNodeNow(context, nodeId)));
  logger.info({ nodes: nodeIds.length }, 'Facebook asked for the deletion of data');
  return { url: `${env.publicUrl}/data-deletion/${code}`, confirmation_code: code };
}

export const GetDataDeletionInput = z.object({ code: DataDeletionCode });

/** Whether a deletion with this code was carried out, and when it was asked for. @throws AppError `not_found` */
export async function getDataDeletion(
  context: Pick<OperationContext, 'db'>,
  input: z.output<typeof GetDataDeletionInput>,
): Promise<{ requestedAt: Date }> {
  const [row] = await context.db.select().from(dataDeletions).where(eq(dataDeletions.code, input.code));
  if (row === undefined) {
    throw new AppError('not_found', 'There is no deletion with this code');
  }
  return { requestedAt: row.requestedAt };
}
