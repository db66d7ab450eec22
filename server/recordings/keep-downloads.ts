import { and, eq } from 'drizzle-orm';
import type { Queryable } from '../../db/client';
import { downloads } from '../../db/schema';
import type { DownloadFile, DownloadsWork } from '../../stream-node/contract/jobs';

/** Puts what a node made in the place of what it had made of the recording before. */
export async function keepDownloads(
  tx: Queryable,
  nodeId: string,
  { streamId, version }: DownloadsWork,
  files: readonly DownloadFile[],
): Promise<void> {
  await tx.delete(downloads).where(and(eq(downloads.streamId, streamId), eq(downloads.nodeId, nodeId)));
  if (files.length > 0) {
    await tx.insert(downloads).values(files.map((file) => ({ ...file, streamId, nodeId, version })));
  }
}
