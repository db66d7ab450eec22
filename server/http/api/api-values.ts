import { z } from 'zod';

const unsetTime = '0001-01-01T00:00:00Z';

/** How a time is told: in UTC, to the second, `2017-02-15T10:03:18Z`. */
export const ApiTime = z.iso
  .datetime()
  .describe(`UTC, to the second; ${unsetTime} when it is not set`)
  .meta({ examples: ['2017-02-15T10:03:18Z'] });

export function apiTime(time: Date | null): string {
  return time === null ? unsetTime : `${time.toISOString().slice(0, 19)}Z`;
}

const timeRule = 'must be a time such as 2017-02-15T10:03:18Z';

/** A time in a request; `null` and the unset time unset it. */
export const TimeInput = z
  .union([z.null(), z.iso.datetime({ offset: true, error: timeRule })], timeRule)
  .transform((text) => (text === null || text === unsetTime ? null : new Date(text)));

/** Yes or no, as 0 and 1 or as a boolean. */
export const FlagInput = z
  .union([z.boolean(), z.literal(0), z.literal(1)], 'must be 0, 1, true or false')
  .transform(Boolean);
