import { TRPCError } from '@trpc/server';

/** A thing that may not exist: `null` for NOT_FOUND and for an id of the wrong shape; every other error goes on. */
export async function foundOrNull<Thing>(asked: Promise<Thing>): Promise<Thing | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof TRPCError && (error.code === 'NOT_FOUND' || error.code === 'BAD_REQUEST')) {
      return null;
    }
    throw error;
  }
}
