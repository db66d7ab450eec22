import { getCaller } from '../../server/trpc/caller';
import { foundOrNull } from './found-or-null';

/** A stream with its event as the current reader may see them; `null` when there is none such. */
export async function readStream(streamId: string) {
  const caller = await getCaller();
  return await foundOrNull(caller.streams.get({ streamId }));
}
