import { hasRoom } from '../contract/encoder-demand';
import type { AdmittedStream } from '../ingest/admission';
import type { StreamDirectory } from './stream-directory';

export type AdmittingNode = {
  /** `undefined` until what is on disk was read */
  directory: StreamDirectory | undefined;
  encoderSlots: number;
  hasNoRoom: boolean;
  isDraining: boolean;
  /** Resolves when the web has answered the next snapshot, or did not for a while. */
  askWeb(): Promise<void>;
};

/** The stream as the web assigned it to this node; the web is asked once when it is not known yet, or only at an older epoch. */
export async function findAdmitted(
  node: () => AdmittingNode,
  streamId: string,
  grantEpoch: number,
): Promise<AdmittedStream | null> {
  const known = node().directory?.live(streamId);
  if (known === undefined || known.epoch < grantEpoch) {
    await node().askWeb();
  }
  const { directory, encoderSlots, hasNoRoom, isDraining } = node();
  const live = directory?.live(streamId);
  const home = directory?.home(streamId);
  if (live === undefined) {
    return home === undefined ? null : { epoch: grantEpoch, action: 'end', home };
  }
  const room = { slots: encoderSlots, takenPercent: directory?.encoderPercent ?? 0 };
  const isFull = !hasRoom(room, live.encoderPercent);
  const isNew = live.state === 'created' || live.state === 'interrupted';
  return {
    epoch: live.epoch,
    action: live.desired.action,
    home,
    ...(isFull && isNew && { refuse: 'node_full' as const }),
    ...(hasNoRoom && live.state === 'created' && { refuse: 'disk_full' as const }),
    ...(isDraining && live.state === 'created' && { refuse: 'draining' as const }),
  };
}
