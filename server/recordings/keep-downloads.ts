import { eq } from 'drizzle-orm';
import type { Queryable } from '../../db/client';
import { downloads } from '../../db/schema';
import type { DownloadFile, DownloadsWork } from '../../stream-node/contract/jobs';

/** Puts what a node made, which is the whole recording, in the place of what was made of it before, on whichever node. */
export async function keepDownloads(
  tx: Queryable,
  nodeId: string,
  { streamId, version }: DownloadsWork,
  files: readonly DownloadFile[],
): Promise<void> {
  await tx.delete(downloads).where(eq(downloads.streamId, streamId));
  if (files.length > 0) {
    await tx.insert(downloads).values(files.map((file) => ({ ...file, streamId, nodeId, version })));
  }
}
