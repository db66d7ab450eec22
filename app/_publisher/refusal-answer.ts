import type { IngestRefusalCode } from '../../stream-node/contract/ingest-protocol';

/** `retry`: connect again after a while. `renew`: first ask the web for a grant and a node. */
export type RefusalAnswer = 'retry' | 'renew' | 'give-up';

/** Refusals that a fresh grant, or another node, can cure. */
const curedByRenewal: ReadonlySet<IngestRefusalCode> = new Set<IngestRefusalCode>([
  'grant_expired',
  'grant_old_epoch',
  'stream_not_here',
  'draining',
  'node_full',
  'disk_full',
]);

/**
 * What a publisher does about a refusal. `mayRenew` is false when the last thing that happened was a renewal: a node that
 * refuses a fresh grant too is then asked again only after a while, never in a tight loop.
 */
export function afterRefusal(
  refused: { code: IngestRefusalCode; retryable: boolean },
  mayRenew: boolean,
): RefusalAnswer {
  if (curedByRenewal.has(refused.code)) {
    return mayRenew ? 'renew' : 'retry';
  }
  // A sequence that does not fit is mended by the next welcome, which says where to go on.
  return refused.retryable || refused.code === 'bad_sequence' ? 'retry' : 'give-up';
}
