import type { StreamState } from '../../stream-node/contract/stream-state';

/** A stream's state as its owner reads it. */
export const stateWords: Record<StreamState, string> = {
  created: 'Not started',
  connecting: 'Connecting',
  live: 'On air',
  interrupted: 'Line lost, place held',
  paused: 'Paused',
  parked: 'Parked',
  ended: 'Ended',
  failed: 'Failed',
};
