import { ne } from 'drizzle-orm';
import type { Database } from '../../db/client';
import { nodes } from '../../db/schema';

const freshMs = 2000;

/**
 * The public URLs of all nodes that ever registered, read at most every two seconds: every page view asks. While the
 * database is away the last answer stands.
 */
export function knownNodeUrls(db: Database): () => Promise<string[]> {
  let urls: Promise<string[]> = Promise.resolve([]);
  let readAtMs = Number.NEGATIVE_INFINITY;
  return async () => {
    const nowMs = Date.now();
    if (nowMs - readAtMs > freshMs) {
      readAtMs = nowMs;
      const previous = urls;
      urls = db
        .selectDistinct({ publicUrl: nodes.publicUrl })
        .from(nodes)
        .where(ne(nodes.publicUrl, ''))
        .then((rows) => rows.map((row) => row.publicUrl))
        .catch(async () => await previous);
    }
    return await urls;
  };
}
