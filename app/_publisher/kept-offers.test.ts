import { expect, test } from 'vitest';
import { keptOffers } from './kept-offers';
import { keptBroadcast, keptSession } from './testing/kept-session-fixture';

const wanted = { userId: keptBroadcast.userId, eventId: keptBroadcast.eventId };

test('the sessions of one stream are one offer: oldest first, their bytes together, broken off with the last', () => {
  const later = keptSession({ capturedUntilMs: 9000, bytes: 5 }, 'rec_laterlaterla');
  const earlier = keptSession({ capturedUntilMs: 4000, bytes: 7 }, 'rec_earlierearli');
  const [offer, ...others] = keptOffers([later, earlier], wanted);
  expect(others).toEqual([]);
  expect(offer?.sessions).toEqual([earlier, later]);
  expect(offer).toMatchObject({ bytes: 12, brokeOffAtMs: 9000, broadcast: later.broadcast });
});

test('nobody is offered another person’s broadcast, or one of another event', () => {
  const session = keptSession();
  expect(keptOffers([session], { ...wanted, userId: 'usr_someoneelse1' })).toEqual([]);
  expect(keptOffers([session], { ...wanted, eventId: 'evt_anotherevent' })).toEqual([]);
});

test('the broadcast that broke off last is offered first', () => {
  const of = (streamId: string, capturedUntilMs: number) =>
    keptSession({ capturedUntilMs, broadcast: { ...keptBroadcast, streamId } }, `rec_${streamId}`);
  const offers = keptOffers([of('str_old', 1000), of('str_new', 2000)], wanted);
  expect(offers.map(({ broadcast }) => broadcast.streamId)).toEqual(['str_new', 'str_old']);
});
