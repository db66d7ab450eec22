import { z } from 'zod';
import { PublicId } from '../../stream-node/contract/ids';
import { ownEvent } from '../events/own-event';
import { type OperationContext, requireUser } from '../operation-context';
import { createStream } from '../streams/create-stream';
import { Visibility } from '../streams/stream-inputs';
import { Description, LanguageTag, Name } from '../text/plain-text';

/** Everything may be left out: a program that can only send files need not know of events. */
export const StartChunkStreamInput = z.object({
  name: Name.optional(),
  description: Description.optional(),
  event_id: PublicId.optional(),
  language: LanguageTag.optional(),
  visibility: Visibility.optional(),
});
export type StartChunkStreamInput = z.output<typeof StartChunkStreamInput>;

/**
 * Makes a stream for a broadcaster who uploads files, on the event that is named or else on the event of their own.
 *
 * @throws AppError `unauthorized`, `not_found` (the event), `no_node_available`
 */
export async function startChunkStream(
  context: OperationContext,
  input: StartChunkStreamInput,
): Promise<{ streamId: string }> {
  const user = requireUser(context);
  const { stream } = await createStream(context, {
    eventId: input.event_id ?? (await ownEvent(context)),
    name: input.name ?? user.name,
    ...(input.description !== undefined && { description: input.description }),
    kind: 'video',
    language: input.language ?? user.language,
    record: true,
    visibility: input.visibility ?? 'public',
  });
  return { streamId: stream.id };
}
