import { AppError } from '../errors';

/** Two clocks that were compared over a network agree this well at worst. */
const clockToleranceMs = 2000;
/** How late a line of someone who plays nothing may arrive, say after a tunnel. */
const withoutStreamMs = 600_000;

/** What of a stream bounds its viewers' playheads. */
export type PlayheadBounds = {
  record: boolean;
  dvrWindowSeconds: number;
  createdAt: Date;
  startedAt: Date | null;
};

/**
 * The author's playhead on the event clock, or why it cannot be one. Nobody hears what has not happened: up to 2 s ahead
 * counts as now, more is refused. Nobody hears what is not kept: not before the stream began and, where nothing is
 * recorded, not before its DVR window.
 *
 * @param bounds `null` for an author who plays no stream
 * @throws AppError `bad_request` on `happenedAtMs`
 */
export function happenedAt(happenedAtMs: number, nowMs: number, bounds: PlayheadBounds | null): Date {
  if (happenedAtMs > nowMs + clockToleranceMs) {
    throw refused('must not be more than 2 seconds ahead of the clock');
  }
  if (bounds === null) {
    if (happenedAtMs < nowMs - withoutStreamMs) {
      throw refused('must be within the last 10 minutes when no stream is playing');
    }
  } else {
    if (happenedAtMs < (bounds.startedAt ?? bounds.createdAt).getTime() - clockToleranceMs) {
      throw refused('must not be before the stream began');
    }
    if (!bounds.record && happenedAtMs < nowMs - bounds.dvrWindowSeconds * 1000 - clockToleranceMs) {
      throw refused('must be within what the stream still keeps');
    }
  }
  return new Date(Math.min(happenedAtMs, nowMs));
}

function refused(rule: string): AppError {
  return new AppError('bad_request', `happenedAtMs: ${rule}`, { field: 'happenedAtMs' });
}
