import { Backlog } from './backlog';
import { type IngestAccess, RenewalRefused } from './ingest-access';
import { type OpenIngestSocket, openBrowserSocket } from './ingest-socket';
import type { ChunkStore, KeptSession } from './kept-session';
import { SessionKeeper } from './session-keeper';
import { whileMoving } from './while-moving';

export type SendKeptOptions = {
  store: ChunkStore | null;
  /** oldest first */
  sessions: readonly KeptSession[];
  renewAccess: () => Promise<IngestAccess>;
  openSocket?: OpenIngestSocket;
  /** how long nothing may arrive before it is given up for now */
  patienceMs?: number;
};

/** `isSent`: nothing is left in the store. `lostBytes`: what no node takes any more; it is let go of, for this `reason`. */
export type KeptOutcome = { isSent: boolean; lostBytes: number; reason: string };

export type KeptSending = {
  readonly bytesLeft: number;
  readonly done: Promise<KeptOutcome>;
  /** What was not confirmed stays in the store. */
  close: () => void;
};

/**
 * Sends what a page that is gone left in the store, with nothing live beside it. A stream that is over for good takes
 * nothing more: then all of it is let go of, and said to be lost. Rejects when the web cannot be asked.
 */
export async function sendKept(options: SendKeptOptions): Promise<KeptSending> {
  const { store, sessions, renewAccess, openSocket = openBrowserSocket, patienceMs = 15_000 } = options;
  const keepers = sessions.map((session) => new SessionKeeper({ store, session }));
  let lostBytes = 0;
  let reason = '';
  let access: IngestAccess;
  try {
    access = await renewAccess();
  } catch (error) {
    if (!(error instanceof RenewalRefused)) {
      throw error;
    }
    lostBytes = sessions.reduce((sum, session) => sum + session.bytes, 0);
    await Promise.all(keepers.map(async (keeper) => await keeper.forget()));
    const done = Promise.resolve({ isSent: true, lostBytes, reason: error.message });
    return { bytesLeft: 0, done, close: () => undefined };
  }
  const backlog = new Backlog({
    access: () => access,
    renewAccess: async () => {
      access = await renewAccess();
      return access;
    },
    openSocket,
    mayFlow: () => true,
  });
  backlog.on('lost', (loss) => {
    lostBytes += loss.bytes;
    reason = loss.reason;
  });
  for (const keeper of keepers) {
    backlog.add({ keeper, queue: null, clock: null });
  }
  backlog.start();
  const done = whileMoving(backlog.whenEmpty(), () => backlog.bytesLeft, patienceMs).then((isThrough) => {
    const isSent = isThrough && backlog.isEmpty;
    backlog.close();
    return { isSent, lostBytes, reason };
  });
  return {
    get bytesLeft() {
      return backlog.bytesLeft;
    },
    done,
    close: () => backlog.close(),
  };
}
