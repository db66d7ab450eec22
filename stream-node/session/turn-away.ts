import type { IngestSource } from '../ingest/ingest-source';
import type { Logger } from '../logger';

/**
 * Closes a recorder session of which nothing more is made. What its publisher had sent before is in its journal: `left` is
 * called once nothing is added to that any more. Never rejects.
 */
export async function turnAway(source: IngestSource, logger: Logger, left: () => void): Promise<void> {
  const { streamId, recorderSession } = source;
  try {
    await source.close();
  } catch (error) {
    logger.error({ err: error, streamId, recorderSession }, 'a recorder session could not be closed');
  }
  left();
}
