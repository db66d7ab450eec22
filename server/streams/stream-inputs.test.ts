import { expect, test } from 'vitest';
import { newId } from '../../stream-node/contract/ids';
import { CreateStreamInput } from './stream-inputs';

const stream = { eventId: newId('event'), name: 'From the stand', kind: 'audio', language: 'ne', record: false };

test('a host may let fans go back up to four hours, or not at all, and is told the limit', () => {
  for (const dvrWindowSeconds of [undefined, 0, 14_400]) {
    expect(CreateStreamInput.parse({ ...stream, dvrWindowSeconds }).dvrWindowSeconds).toBe(dvrWindowSeconds);
  }
  const refused = CreateStreamInput.safeParse({ ...stream, dvrWindowSeconds: 14_401 });
  expect(refused.error?.issues).toMatchObject([
    { path: ['dvrWindowSeconds'], message: 'must be at most four hours (14400)' },
  ]);
  expect(CreateStreamInput.safeParse({ ...stream, dvrWindowSeconds: -1 }).success).toBe(false);
});
