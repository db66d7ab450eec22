/**
 * So long after its newest media the rest of a broadcast is still waited for, in milliseconds: a page that was killed, or
 * lost its line, sends what its browser kept when somebody opens it again, perhaps on the evening of that day.
 */
export const restAwaitedMs = 12 * 60 * 60 * 1000;
