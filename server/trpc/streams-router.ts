import { createStream } from '../streams/create-stream';
import { deleteStream } from '../streams/delete-stream';
import { endStream } from '../streams/end-stream';
import { getStream } from '../streams/get-stream';
import { getStreamHealth } from '../streams/get-stream-health';
import { listMyStreams, listStreamsForEvent } from '../streams/list-streams';
import { renewPublishGrant } from '../streams/renew-publish-grant';
import { revokeStreamKey } from '../streams/revoke-stream-key';
import { rotateStreamKey } from '../streams/rotate-stream-key';
import {
  CreateStreamInput,
  ListStreamsInput,
  RenewPublishGrantInput,
  StreamIdInput,
  UpdateStreamInput,
} from '../streams/stream-inputs';
import { updateStream } from '../streams/update-stream';
import { procedure, router } from './init';

export const streamsRouter = router({
  listForEvent: procedure.input(ListStreamsInput).query(({ ctx, input }) => listStreamsForEvent(ctx, input)),
  listMine: procedure.query(({ ctx }) => listMyStreams(ctx)),
  get: procedure.input(StreamIdInput).query(({ ctx, input }) => getStream(ctx, input)),
  create: procedure.input(CreateStreamInput).mutation(({ ctx, input }) => createStream(ctx, input)),
  renewPublishGrant: procedure
    .input(RenewPublishGrantInput)
    .mutation(({ ctx, input }) => renewPublishGrant(ctx, input)),
  rotateKey: procedure.input(StreamIdInput).mutation(({ ctx, input }) => rotateStreamKey(ctx, input)),
  revokeKey: procedure.input(StreamIdInput).mutation(({ ctx, input }) => revokeStreamKey(ctx, input)),
  health: procedure.input(StreamIdInput).query(({ ctx, input }) => getStreamHealth(ctx, input)),
  update: procedure.input(UpdateStreamInput).mutation(({ ctx, input }) => updateStream(ctx, input)),
  end: procedure.input(StreamIdInput).mutation(({ ctx, input }) => endStream(ctx, input)),
  delete: procedure.input(StreamIdInput).mutation(({ ctx, input }) => deleteStream(ctx, input)),
});
