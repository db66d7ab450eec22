import { createHash, timingSafeEqual } from 'node:crypto';
import type { Database } from '../../db/client';
import { RtmpAdmissionRequest, rtmpAdmissionPath } from '../../stream-node/contract/rtmp-admission';
import { NodeSnapshot, snapshotPath } from '../../stream-node/contract/snapshots';
import type { ServerEnv } from '../env';
import { AppError, parseInput } from '../errors';
import type { Logger } from '../logger';
import type { WebMetrics } from '../metrics/web-metrics';
import { admitEncoder } from '../nodes/admit-encoder';
import { receiveSnapshot } from '../nodes/receive-snapshot';
import { jsonAnswer, type Route } from './route';

/** A thousand streams and ten thousand takes fit. */
const snapshotBytesMax = 8 * 1024 * 1024;

/** Takes the same time whatever is wrong: both sides are hashed to one length first. */
function isNodeSecret(authorization: string | undefined, nodeSecret: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(authorization ?? ''), digest(`Bearer ${nodeSecret}`));
}

/** Lets in who shows the node secret. @throws AppError `unauthorized` */
export function admitNode(env: ServerEnv): NonNullable<Route['admit']> {
  return (headers) => {
    if (!isNodeSecret(headers.authorization, env.nodeSecret)) {
      throw new AppError('unauthorized', 'The node secret is missing or wrong');
    }
  };
}

/** What stream nodes call; `Authorization: Bearer <node secret>`. */
export function nodeRoutes(deps: { db: Database; env: ServerEnv; logger: Logger; metrics: WebMetrics }): Route[] {
  const admit = admitNode(deps.env);
  return [
    {
      method: 'POST',
      path: rtmpAdmissionPath,
      admit,
      handle: async (request) => {
        const input = parseInput(RtmpAdmissionRequest, request.json());
        return jsonAnswer(200, await admitEncoder(deps, input));
      },
    },
    {
      method: 'POST',
      path: snapshotPath,
      bodyBytesMax: snapshotBytesMax,
      admit,
      handle: async (request) => {
        const snapshot = parseInput(NodeSnapshot, request.json());
        try {
          const desired = await receiveSnapshot(deps, snapshot);
          deps.metrics.snapshotReceived('taken');
          return jsonAnswer(200, desired);
        } catch (error) {
          deps.metrics.snapshotReceived('failed');
          throw error;
        }
      },
    },
  ];
}
