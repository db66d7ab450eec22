import { z } from 'zod';
import { PublicId } from '../../stream-node/contract/ids';
import { Description, Name } from '../text/plain-text';

const EventDate = z
  .date('must be a date')
  .min(new Date('2000-01-01T00:00:00Z'), 'must not be before the year 2000')
  .max(new Date('2100-01-01T00:00:00Z'), 'must be before the year 2100');

const MatchUrl = z.union(
  [z.literal(''), z.url({ protocol: /^https?$/ }).max(500, 'at most 500 characters')],
  'must be an http or https URL of at most 500 characters',
);

const eventFields = {
  description: Description.optional(),
  startsAt: EventDate.nullish(),
  endsAt: EventDate.nullish(),
  runningNow: z.boolean().optional(),
  matchId: z
    .string()
    .trim()
    .max(64, 'at most 64 characters')
    .regex(/^[\w.:-]*$/, 'must be letters, digits and . : _ -')
    .optional(),
  matchUrl: MatchUrl.optional(),
};

export const endsAfterStartRule = 'must be after startsAt';

/** Both unset, or one of them, is in order; equal is not. */
export function endsAfterStart(times: { startsAt?: Date | null; endsAt?: Date | null }): boolean {
  return !times.startsAt || !times.endsAt || times.endsAt > times.startsAt;
}

export const CreateEventInput = z
  .object({ name: Name, ...eventFields })
  .refine(endsAfterStart, { message: endsAfterStartRule, path: ['endsAt'] });
export type CreateEventInput = z.output<typeof CreateEventInput>;

export const UpdateEventInput = z
  .object({ eventId: PublicId, name: Name.optional(), ...eventFields })
  .refine(endsAfterStart, { message: endsAfterStartRule, path: ['endsAt'] });
export type UpdateEventInput = z.output<typeof UpdateEventInput>;

export const GetEventInput = z.object({ eventId: PublicId });
export type GetEventInput = z.output<typeof GetEventInput>;
