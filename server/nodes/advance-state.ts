import { type StreamHappening, type StreamState, transition } from '../../stream-node/contract/stream-state';

/**
 * What can happen at a node without the web's doing. A pause is its owner's: a report that was sent before the node heard of
 * it, or of its end, must not undo it.
 */
const nodeHappenings: StreamHappening[] = [
  'publisher-connected',
  'media-arrived',
  'publisher-lost',
  'grace-expired',
  'fail',
];

/** States in which the web alone has the say: what a node observes there is old news. */
const webOwned: StreamState[] = ['parked', 'ended', 'failed'];

/** What a node may report; `created` says nothing and `parked` is the web's own word. */
const reportable: StreamState[] = ['connecting', 'live', 'interrupted', 'paused', 'ended', 'failed'];

/**
 * The state of a stream after its node reported `observed`, or `null` when the report changes nothing. A snapshot shows
 * where a stream is, not how it came there, so any number of steps of the state machine may lie between; but only steps
 * that a node may take.
 */
export function advanceState(current: StreamState, observed: StreamState): StreamState | null {
  if (current === observed || webOwned.includes(current) || !reportable.includes(observed)) {
    return null;
  }
  const seen = new Set<StreamState>([current]);
  for (const state of seen) {
    if (state === observed) {
      return observed;
    }
    for (const happening of nodeHappenings) {
      const next = transition(state, happening);
      if (next !== null) {
        seen.add(next);
      }
    }
  }
  return null;
}
