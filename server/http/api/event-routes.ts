import { z } from 'zod';
import { AppError, isAppError } from '../../errors';
import { createEvent } from '../../events/create-event';
import { CreateEventInput, endsAfterStart } from '../../events/event-inputs';
import { type EventRow, findEvent } from '../../events/get-event';
import { pageEvents } from '../../events/page-events';
import { updateEvent } from '../../events/update-event';
import { pageStreamsOfEvent } from '../../streams/page-streams';
import type { Route } from '../route';
import { apiRoute } from './api-route';
import { ApiTime, apiTime, FlagInput, TimeInput } from './api-values';
import { IdReference, publicIdOf } from './id-reference';
import type { ApiDeps } from './limited-answer';
import { nextPageHeader, PageQuery, pageRequest } from './paging';
import { ApiStream, apiStream } from './stream-answer';

const ApiEvent = z
  .object({
    id: z.string(),
    key: z.int().describe('the number that `event_id` carries'),
    name: z.string(),
    description: z.string(),
    created_at: ApiTime,
    starttime: ApiTime,
    endtime: ApiTime,
    running_now: z.union([z.literal(0), z.literal(1)]),
    matchid: z.string(),
    matchurl: z.string(),
    creator_id: z.int(),
  })
  .meta({ id: 'Event' });

function apiEvent({ event, owner }: EventRow): z.input<typeof ApiEvent> {
  return {
    id: event.id,
    key: event.key,
    name: event.name,
    description: event.description,
    created_at: apiTime(event.createdAt),
    starttime: apiTime(event.startsAt),
    endtime: apiTime(event.endsAt),
    running_now: event.runningNow ? 1 : 0,
    matchid: event.matchId,
    matchurl: event.matchUrl,
    creator_id: owner.key,
  };
}

const { shape } = CreateEventInput;
const changes = {
  description: shape.description,
  running_now: FlagInput.optional(),
  matchid: shape.matchId,
  matchurl: shape.matchUrl,
  starttime: TimeInput.pipe(shape.startsAt.unwrap()).optional(),
  endtime: TimeInput.pipe(shape.endsAt.unwrap()).optional(),
};
const endRule = { message: 'must be after starttime', path: ['endtime'] };
const inOrder = (body: { starttime?: Date | null | undefined; endtime?: Date | null | undefined }) =>
  endsAfterStart({ startsAt: body.starttime ?? null, endsAt: body.endtime ?? null });

const NewEvent = z.object({ name: shape.name, ...changes }).refine(inOrder, endRule);
const EventChanges = z.object({ name: shape.name.optional(), ...changes }).refine(inOrder, endRule);

function operationFields(body: z.output<typeof EventChanges>) {
  const { description, running_now, matchid, matchurl, starttime, endtime } = body;
  return {
    description,
    runningNow: running_now,
    matchId: matchid,
    matchUrl: matchurl,
    startsAt: starttime,
    endsAt: endtime,
  };
}

/** The operation names its own fields; here they have the contract's names. */
async function inApiWords<Result>(operation: Promise<Result>): Promise<Result> {
  try {
    return await operation;
  } catch (error) {
    if (isAppError(error) && error.field === 'endsAt') {
      throw new AppError(error.code, `endtime: ${endRule.message}`, { field: 'endtime', cause: error });
    }
    throw error;
  }
}

const EventParams = z.object({ id: IdReference });
const StreamsQuery = PageQuery.extend({
  all: z.enum(['0', '1'], 'must be 0 or 1').optional().describe('1: ended ones too'),
});

/** Events and what is on air at them. */
export function eventRoutes(deps: ApiDeps): Route[] {
  const tag = 'events';
  return [
    apiRoute(deps, {
      method: 'POST',
      path: '/api/event',
      summary: 'Make an event',
      tag,
      caller: 'signed in',
      body: NewEvent,
      answer: ApiEvent,
      status: 201,
      isIdempotent: true,
      handle: async ({ context, body }) => {
        const { id } = await createEvent(context, { name: body.name, ...operationFields(body) });
        return { data: apiEvent(await findEvent(context.db, id)) };
      },
    }),
    apiRoute(deps, {
      method: 'GET',
      path: '/api/event',
      summary: 'All events, newest first',
      tag,
      caller: 'anyone',
      query: PageQuery,
      answer: z.array(ApiEvent),
      handle: async ({ context, query, request }) => {
        const page = pageRequest(query);
        const rows = await pageEvents(context, page);
        const keys = rows.map(({ event }) => event);
        return { data: rows.map(apiEvent), headers: nextPageHeader(request, page, keys) };
      },
    }),
    apiRoute(deps, {
      method: 'GET',
      path: '/api/event/:id',
      summary: 'One event',
      tag,
      caller: 'anyone',
      params: EventParams,
      answer: ApiEvent,
      handle: async ({ context, params }) => {
        const eventId = await publicIdOf(context.db, 'event', params.id);
        return { data: apiEvent(await findEvent(context.db, eventId)) };
      },
    }),
    apiRoute(deps, {
      method: 'PUT',
      path: '/api/event/:id',
      summary: 'Change the given fields of one’s own event',
      tag,
      caller: 'owner',
      params: EventParams,
      body: EventChanges,
      answer: ApiEvent,
      handle: async ({ context, params, body }) => {
        const eventId = await publicIdOf(context.db, 'event', params.id);
        await inApiWords(updateEvent(context, { eventId, name: body.name, ...operationFields(body) }));
        return { data: apiEvent(await findEvent(context.db, eventId)) };
      },
    }),
    apiRoute(deps, {
      method: 'GET',
      path: '/api/event/:id/streams',
      summary: 'The streams active on an event, newest first',
      tag,
      caller: 'anyone',
      params: EventParams,
      query: StreamsQuery,
      answer: z.array(ApiStream),
      handle: async ({ context, params, query, request }) => {
        const eventId = await publicIdOf(context.db, 'event', params.id);
        const page = pageRequest(query);
        const records = await pageStreamsOfEvent(context, { eventId, includeEnded: query.all === '1' }, page);
        return { data: records.map(apiStream), headers: nextPageHeader(request, page, records) };
      },
    }),
  ];
}
