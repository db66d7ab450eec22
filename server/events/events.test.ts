import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { streams } from '../../db/schema';
import { newId } from '../../stream-node/contract/ids';
import { callerOf } from '../testing/test-context';
import { openTestDatabase, type TestDatabase } from '../testing/test-database';
import { makePerson, type TestPerson } from '../testing/test-people';

let database: TestDatabase;
let owner: TestPerson;
const events = (actor: TestPerson | null = owner) => callerOf(database, actor).events;
const hours = (count: number) => new Date(Date.now() + count * 3_600_000);

beforeAll(async () => {
  database = await openTestDatabase();
  owner = await makePerson(database.db, 'Sabina');
});
afterAll(async () => await database.close());

describe('an event', () => {
  test('keeps what was typed, as text', async () => {
    const name = '<b>Nepal</b> v "Kenya" \'; drop table event; --';
    const { id } = await events().create({ name, description: 'one\ntwo', matchUrl: 'https://example.com/m/1' });
    expect(await events(null).get({ eventId: id })).toMatchObject({
      name,
      description: 'one\ntwo',
      matchUrl: 'https://example.com/m/1',
      runningNow: false,
      canEdit: false,
      owner: { id: owner.id, name: 'Sabina' },
    });
  });

  test.each([
    [{ name: '' }, /^name: must not be empty/],
    [{ name: 'x'.repeat(121) }, /^name: at most 120 characters/],
    [{ name: 'x', description: 'y'.repeat(2001) }, /^description: at most 2000/],
    [{ name: 'x', startsAt: hours(2), endsAt: hours(1) }, /^endsAt: must be after startsAt/],
    [{ name: 'x', matchUrl: 'javascript:alert(1)' }, /^matchUrl: must be an http/],
    [{ name: 'x', matchId: '../x' }, /^matchId: /],
  ])('with %j is refused by field and rule', async (input, message) => {
    await expect(events().create(input)).rejects.toMatchObject({ code: 'BAD_REQUEST', message });
  });

  test('is changed in the given fields alone; null clears a date; the result must be in order', async () => {
    const { id: eventId } = await events().create({
      name: 'x',
      description: 'kept',
      startsAt: hours(1),
      endsAt: hours(3),
    });
    expect(await events().update({ eventId, runningNow: true })).toMatchObject({
      description: 'kept',
      runningNow: true,
    });
    await expect(events().update({ eventId, startsAt: hours(4) })).rejects.toMatchObject({ message: /^endsAt: / });
    expect(await events().update({ eventId, endsAt: null, startsAt: hours(4) })).toMatchObject({ endsAt: null });
  });

  test.each(['nope', '../../etc/passwd', "evt_' or 1=1 --", 'evt_\u0000aaaaaaaa'])(
    'with the id %j is refused',
    async (eventId) => {
      await expect(events().get({ eventId })).rejects.toMatchObject({ code: 'BAD_REQUEST', message: /^eventId: / });
    },
  );
});

test('events are listed as live, upcoming and past', async () => {
  const make = async (name: string, values: object) => (await events().create({ name, ...values })).id;
  const running = await make('running', { runningNow: true });
  const onAir = await make('on air', { startsAt: hours(5) });
  const soon = await make('soon', { startsAt: hours(1) });
  const later = await make('later', { startsAt: hours(9) });
  const over = await make('over', { startsAt: hours(-5), endsAt: hours(-1) });
  await database.db.insert(streams).values({
    id: newId('stream'),
    eventId: onAir,
    ownerId: owner.id,
    name: 'A voice',
    kind: 'audio',
    state: 'live',
  });
  const lists = await events(null).list();
  const ids = (cards: { id: string }[]) => cards.map((card) => card.id);
  expect(ids(lists.live)).toEqual(expect.arrayContaining([running, onAir]));
  expect(lists.live.find((card) => card.id === onAir)?.onAir).toHaveLength(1);
  expect(ids(lists.upcoming).filter((id) => id === soon || id === later)).toEqual([soon, later]);
  expect(ids(lists.past)).toContain(over);
  expect(ids([...lists.live, ...lists.upcoming])).not.toContain(over);
});
