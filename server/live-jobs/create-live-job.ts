import type { LiveJobSpec } from '../../db/schema/live-job-spec';
import { newId } from '../../stream-node/contract/ids';
import { askNodeNow } from '../nodes/ask-node-now';
import { placeStream } from '../nodes/place-stream';
import { type OperationContext, requireUser } from '../operation-context';
import { jobStreamKey } from './job-stream-key';
import { liveJobsEvent } from './live-jobs-event';
import { getLiveJob, type LiveJobView } from './load-live-jobs';
import { noWorker } from './no-worker';

/**
 * Makes a live job on the least loaded node: a stream whose ladder, packaging and rewind come from its spec. It is public, for
 * its playback URL is told to whoever may watch, and not recorded: a channel has no end.
 *
 * @throws AppError `unauthorized`, `forbidden` to the operator token, `no_node_available`, `bad_request` where no worker has an
 * encoder for one of its codecs
 */
export async function createLiveJob(context: OperationContext, spec: LiveJobSpec): Promise<LiveJobView> {
  const user = requireUser(context);
  const id = newId('stream');
  const node = await placeStream(context.db, {
    id,
    spec,
    eventId: await liveJobsEvent(context),
    ownerId: user.id,
    name: 'Live job',
    kind: spec.Output.Video_outputs.length === 0 ? 'audio' : 'video',
    language: user.language,
    record: false,
    dvrWindowSeconds: spec.Output.Time_shift_buffer_depth,
    keyHash: jobStreamKey(context.env.secret, id).keyHash,
  });
  if (node === null) {
    throw await noWorker(context.db, spec);
  }
  await askNodeNow(context, node.id);
  return await getLiveJob(context, id);
}
