import { createEvent } from '../events/create-event';
import { CreateEventInput, GetEventInput, UpdateEventInput } from '../events/event-inputs';
import { getEvent } from '../events/get-event';
import { listEvents } from '../events/list-events';
import { updateEvent } from '../events/update-event';
import { procedure, router } from './init';

export const eventsRouter = router({
  list: procedure.query(({ ctx }) => listEvents(ctx)),
  get: procedure.input(GetEventInput).query(({ ctx, input }) => getEvent(ctx, input)),
  create: procedure.input(CreateEventInput).mutation(({ ctx, input }) => createEvent(ctx, input)),
  update: procedure.input(UpdateEventInput).mutation(({ ctx, input }) => updateEvent(ctx, input)),
});
