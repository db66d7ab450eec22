import { describe, expect, test } from 'vitest';
import { StreamState } from '../../stream-node/contract/stream-state';
import { advanceState } from './advance-state';

describe("a node's report", () => {
  test.each([
    ['created', 'live', 'live'],
    ['created', 'interrupted', 'interrupted'],
    ['connecting', 'live', 'live'],
    ['live', 'interrupted', 'interrupted'],
    ['interrupted', 'live', 'live'],
    ['live', 'ended', 'ended'],
    ['live', 'failed', 'failed'],
  ] as const)('takes %s to %s over any number of steps', (current, observed, expected) => {
    expect(advanceState(current, observed)).toBe(expected);
  });

  test.each(['parked', 'ended', 'failed'] as const)('never moves a stream out of %s, which the web owns', (current) => {
    for (const observed of StreamState.options) {
      expect(advanceState(current, observed)).toBeNull();
    }
  });

  test('neither begins nor ends a pause: that is the owner’s', () => {
    for (const observed of ['connecting', 'live', 'interrupted'] as const) {
      expect(advanceState('paused', observed)).toBeNull();
      expect(advanceState(observed, 'paused')).toBeNull();
    }
  });

  test.each(['created', 'parked'] as const)('of %s says nothing about a stream', (observed) => {
    for (const current of StreamState.options) {
      expect(advanceState(current, observed)).toBeNull();
    }
  });

  test('of the same state changes nothing', () => {
    expect(advanceState('live', 'live')).toBeNull();
  });
});
