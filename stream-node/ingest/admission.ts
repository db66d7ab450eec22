import type { Clock } from '../clock';
import type { GrantPublicKey } from '../contract/grants';
import { type Hello, type IngestRefusalCode, ingestPath } from '../contract/ingest-protocol';
import { checkGrant } from '../contract/signing';
import type { DesiredStreamAction } from '../contract/snapshots';

/** What the node knows of a stream that a publisher asks for. */
export type AdmittedStream = {
  readonly epoch: number;
  readonly action: DesiredStreamAction;
  /** the stream is known but the node has no room for it */
  readonly refuse?: 'node_full' | 'disk_full' | 'draining';
  /** public URL of the node that has the stream now, when it left this one */
  readonly home?: string | undefined;
};

/** What admission asks of the conductor. */
export type Admissions = {
  /**
   * The stream as the web assigned it to this node, or null when it is not here. Called only for a grant with a good
   * signature, so it may ask the web and wait up to 3 s, for a stream it does not know or knows at a lower epoch only.
   */
  find(streamId: string, grantEpoch: number): Promise<AdmittedStream | null>;
  /** Whether a stream that is over takes the rest of its earlier sessions: it was here, and is over for some hours at most. */
  takesRest(streamId: string): Promise<boolean>;
  /** null before the web has told it */
  publicKey(): GrantPublicKey | null;
  isRevoked(grantId: string): boolean;
};

export type Admission =
  | { ok: true; epoch: number }
  /** `url`: the ingest URL of the node that has the stream */
  | { ok: false; code: IngestRefusalCode; url?: string };

/** Says whether a publisher may send: first the grant, offline, then what the node was told to do with the stream. */
export async function admit(
  hello: Pick<Hello, 'streamId' | 'grant' | 'backfill'>,
  admissions: Admissions,
  clock: Clock,
): Promise<Admission> {
  const publicKey = admissions.publicKey();
  if (publicKey === null) {
    return refused('internal');
  }
  const check = await checkGrant(hello.grant, publicKey, {
    streamId: hello.streamId,
    action: 'publish',
    minimumEpoch: 1,
    now: new Date(clock.nowMs()),
    isRevoked: (grantId) => admissions.isRevoked(grantId),
  });
  if (!check.ok) {
    return refused(check.refusal);
  }
  const stream = await admissions.find(hello.streamId, check.grant.epoch);
  if (stream?.home !== undefined) {
    if (hello.backfill === true) {
      // What follows on a session that began here can be taken nowhere else.
      return { ok: true, epoch: check.grant.epoch };
    }
    return { ok: false, code: 'stream_not_here', url: `${stream.home.replace(/^http/, 'ws')}${ingestPath}` };
  }
  const isOver = stream === null || stream.action === 'end' || stream.action === 'park';
  if (hello.backfill === true && isOver && (await admissions.takesRest(hello.streamId))) {
    return { ok: true, epoch: check.grant.epoch };
  }
  // A grant of a higher epoch than the node's own knowledge: the stream may have left and come back, or moved on.
  if (stream === null || stream.epoch < check.grant.epoch) {
    return refused('stream_not_here');
  }
  if (check.grant.epoch < stream.epoch) {
    return refused('grant_old_epoch');
  }
  const code = refusalOf(stream);
  return code === null ? { ok: true, epoch: stream.epoch } : refused(code);
}

/** Why a stream as the node knows it takes no publisher; null: it does. */
export function refusalOf({ action, refuse }: AdmittedStream): IngestRefusalCode | null {
  switch (action) {
    case 'run':
    case 'pause':
      return refuse ?? null;
    case 'park':
      return 'stream_not_here';
    case 'end':
    case 'delete':
      return 'stream_ended';
    default:
      action satisfies never;
      return 'internal';
  }
}

function refused(code: IngestRefusalCode): Admission {
  return { ok: false, code };
}
