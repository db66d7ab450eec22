import { TRPCClientError } from '@trpc/client';
import type { PublishAccess } from '../../../../server/streams/stream-view';
import { failureWords } from '../../../_client/failure-words';
import { type IngestAccess, RenewalRefused } from '../../../_publisher/ingest-access';

/** Signing in again cures the first, waiting the second. */
const passing: readonly unknown[] = [401, 429];

/** A web that cannot be reached is asked again; one that says no is believed. */
export async function renewAccess(ask: () => Promise<{ publish: PublishAccess }>): Promise<IngestAccess> {
  try {
    return (await ask()).publish;
  } catch (error) {
    const status: unknown = error instanceof TRPCClientError ? error.data?.httpStatus : undefined;
    if (typeof status === 'number' && status >= 400 && status < 500 && !passing.includes(status)) {
      throw new RenewalRefused(failureWords(error));
    }
    throw error;
  }
}
