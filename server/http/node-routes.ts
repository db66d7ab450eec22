import { createHash, timingSafeEqual } from 'node:crypto';
import type { Database } from '../../db/client';
import { NodeSnapshot, snapshotPath } from '../../stream-node/contract/snapshots';
import type { ServerEnv } from '../env';
import { AppError, parseInput } from '../errors';
import type { Logger } from '../logger';
import { receiveSnapshot } from '../nodes/receive-snapshot';
import { jsonAnswer, type Route } from './route';

/** A thousand streams and ten thousand takes fit. */
const snapshotBytesMax = 8 * 1024 * 1024;

/** Takes the same time whatever is wrong: both sides are hashed to one length first. */
function isNodeSecret(authorization: string | undefined, nodeSecret: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(authorization ?? ''), digest(`Bearer ${nodeSecret}`));
}

/** What stream nodes call; `Authorization: Bearer <node secret>`. */
export function nodeRoutes(deps: { db: Database; env: ServerEnv; logger: Logger }): Route[] {
  return [
    {
      method: 'POST',
      path: snapshotPath,
      bodyBytesMax: snapshotBytesMax,
      admit: (headers) => {
        if (!isNodeSecret(headers.authorization, deps.env.nodeSecret)) {
          throw new AppError('unauthorized', 'The node secret is missing or wrong');
        }
      },
      handle: async (request) => {
        const snapshot = parseInput(NodeSnapshot, request.json());
        return jsonAnswer(200, await receiveSnapshot(deps, snapshot));
      },
    },
  ];
}
