import type { IngestRefusalCode } from '../contract/ingest-protocol';

const diskFullCodes = ['ENOSPC', 'EDQUOT'];

/** The refusal that a fault of the journal earns. */
export function refusalOfFault(fault: Error): 'disk_full' | 'internal' {
  return 'code' in fault && diskFullCodes.includes(String(fault.code)) ? 'disk_full' : 'internal';
}

/**
 * Whether the same publisher may come again with the same grant, and what the refusal tells a person. One table, because
 * codes become words only at the edge.
 */
export const refusals: Record<IngestRefusalCode, { retryable: boolean; message: string }> = {
  grant_missing: { retryable: false, message: 'grant: is required' },
  grant_malformed: { retryable: false, message: 'grant: is not a grant' },
  grant_bad_signature: { retryable: false, message: 'grant: the signature is not from this service' },
  grant_expired: { retryable: false, message: 'grant: has expired, ask for a new one' },
  grant_wrong_stream: { retryable: false, message: 'grant: is for another stream' },
  grant_wrong_action: { retryable: false, message: 'grant: does not allow publishing' },
  grant_old_epoch: { retryable: false, message: 'grant: is of an earlier assignment, ask for a new one' },
  grant_revoked: { retryable: false, message: 'grant: was revoked' },
  bad_message: { retryable: false, message: 'not a message of this protocol' },
  hello_expected: { retryable: false, message: 'hello must come first' },
  bad_sequence: { retryable: true, message: 'sequence: must be the next one or one already acknowledged' },
  chunk_too_large: { retryable: false, message: 'chunk: must be at most 4 MiB' },
  bad_media: { retryable: false, message: 'the media could not be read' },
  stream_not_here: { retryable: true, message: 'this node does not hold the stream' },
  stream_ended: { retryable: false, message: 'the stream is over' },
  replaced: { retryable: false, message: 'another publisher took over' },
  node_full: { retryable: true, message: 'no encoder is free on this node' },
  disk_full: {
    retryable: true,
    message: 'the disk of this node is full: nothing that was not acknowledged is kept there',
  },
  draining: { retryable: true, message: 'this node takes no new streams' },
  internal: { retryable: true, message: 'something failed on this node' },
};
