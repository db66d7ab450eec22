import { TRPCClientError } from '@trpc/client';
import type { PublishAccess } from '../../../../server/streams/stream-view';
import { failureWords } from '../../../_client/failure-words';
import { type IngestAccess, RenewalRefused } from '../../../_publisher/ingest-access';

/** A web that cannot be reached is asked again; one that says no is believed. */
export async function renewAccess(ask: () => Promise<{ publish: PublishAccess }>): Promise<IngestAccess> {
  try {
    return (await ask()).publish;
  } catch (error) {
    const status: unknown = error instanceof TRPCClientError ? error.data?.httpStatus : undefined;
    if (typeof status === 'number' && status >= 400 && status < 500 && status !== 429) {
      throw new RenewalRefused(failureWords(error));
    }
    throw error;
  }
}
