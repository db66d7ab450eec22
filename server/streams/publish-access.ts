import { ingestPath } from '../../stream-node/contract/ingest-protocol';
import { signGrant } from '../../stream-node/contract/signing';
import { grantKeys } from '../nodes/grant-keys';
import type { PublishAccess } from './stream-view';

/** Long enough to reconnect through an outage of the web, short enough that a leaked one is soon worth nothing. */
const publishGrantSeconds = 60 * 60;

/** Signs the right to send to one stream, at the node and in the epoch it is assigned to. */
export async function publishAccess(options: {
  secret: string;
  userId: string;
  stream: { id: string; epoch: number };
  nodeUrl: string;
}): Promise<PublishAccess> {
  const expiresAt = Math.floor(Date.now() / 1000) + publishGrantSeconds;
  const grant = await signGrant(
    {
      userId: options.userId,
      streamId: options.stream.id,
      action: 'publish',
      epoch: options.stream.epoch,
      expiresAt,
    },
    grantKeys(options.secret).privateKey,
  );
  const websocketUrl = `${options.nodeUrl.replace(/^http/, 'ws')}${ingestPath}`;
  return { websocketUrl, grant, expiresAtMs: expiresAt * 1000 };
}
