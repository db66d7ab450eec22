import { expect, test } from 'vitest';
import { isFinal, StreamHappening, StreamState, transition } from './stream-state';

/** The whole table once more, row by row, as the design document words it; `-` where there is no step. */
const expected: Record<StreamState, string> = {
  //            connected   media   lost         expired  pause   unpause     park    resume      end     fail
  created: '    connecting  -       -            -        -       -           parked  -           ended   failed',
  connecting: ' connecting  live    interrupted  -        paused  -           parked  -           ended   failed',
  live: '       live        live    interrupted  -        paused  -           parked  -           ended   failed',
  interrupted: 'connecting  -       interrupted  ended    paused  -           parked  -           ended   failed',
  paused: '     paused      paused  paused       -        -       connecting  parked  connecting  ended   failed',
  parked: '     -           -       -            -        -       -           -       connecting  ended   failed',
  ended: '      -           -       -            -        -       -           -       -           -       -',
  failed: '     -           -       -            -        -       -           -       -           -       -',
};

for (const state of StreamState.options) {
  const row = expected[state].trim().split(/\s+/);
  StreamHappening.options.forEach((happening, column) => {
    const wanted = row[column] === '-' ? null : row[column];
    test(`${state} + ${happening} → ${wanted ?? 'refused'}`, () => {
      expect(transition(state, happening)).toBe(wanted);
    });
  });
}

test('ended and failed are final and nothing leads out of them', () => {
  for (const state of StreamState.options) {
    const hasWayOut = StreamHappening.options.some((happening) => transition(state, happening) !== null);
    expect(hasWayOut).toBe(!isFinal(state));
  }
});
