import { randomUUID } from 'node:crypto';
import { RateLimiterRes } from 'rate-limiter-flexible';
import { z } from 'zod';
import type { Database } from '../../db/client';
import { StreamId } from '../../stream-node/contract/ids';
import type { ServerEnv } from '../env';
import { AppError, isAppError, parseInput } from '../errors';
import type { Logger } from '../logger';
import type { WebMetrics } from '../metrics/web-metrics';
import { runInRequest } from '../request-scope';
import type { SessionUser } from '../users/session-user';
import type { EventRooms } from './event-rooms';
import type { MessageLimits } from './message-limits';
import type { Refusal } from './messages';
import type { OpenPlaybacks } from './open-playbacks';
import type { PageSocket } from './page-socket';

/** What the handlers of page messages work with. */
export type RealtimeContext = {
  db: Database;
  env: ServerEnv;
  logger: Logger;
  rooms: EventRooms;
  playbacks: OpenPlaybacks;
  limits: MessageLimits;
  metrics: WebMetrics;
  userOfCookies: (cookieHeader: string | undefined) => Promise<SessionUser | null>;
};

/**
 * Listens for one message of a page: checks it, runs the handler, answers by the acknowledgement. The one edge where an
 * error becomes a refusal.
 */
export function listen<Schema extends z.ZodType>(
  context: RealtimeContext,
  socket: PageSocket,
  name: string,
  schema: Schema,
  handle: (message: z.output<Schema>, answer: (value: Record<string, unknown>) => void) => Promise<void> | void,
): void {
  socket.on(name, (message, ack) => {
    const acknowledge = typeof ack === 'function' ? ack : () => undefined;
    const run = async () => {
      await context.limits.message(socket);
      await handle(parseInput(schema, message), (value) => acknowledge({ ok: true, ...value }));
    };
    const scope = { requestId: randomUUID(), route: name, ...streamIdOf(message) };
    void runInRequest(scope, () => run().catch((error: unknown) => acknowledge(refusal(error, name, context.logger))));
  });
}

/** As the page said it; only a well-formed one is noted. */
function streamIdOf(message: unknown): { streamId?: string } {
  const named = z.object({ streamId: StreamId }).safeParse(message);
  return named.success ? { streamId: named.data.streamId } : {};
}

function refusal(error: unknown, name: string, logger: Logger): Refusal {
  if (error instanceof RateLimiterRes) {
    const seconds = Math.ceil(error.msBeforeNext / 1000);
    return { ok: false, code: 'too_many_requests', message: `Too fast; try again in ${seconds} s` };
  }
  if (isAppError(error)) {
    return { ok: false, code: error.code, message: error.userMessage };
  }
  logger.error({ err: error, message: name }, 'a page message could not be handled');
  return { ok: false, code: 'internal', message: 'Something went wrong on our side; try again' };
}

/** @throws AppError `unauthorized` when the session is over by now, whatever it was at the handshake */
export async function userNow(context: RealtimeContext, socket: PageSocket): Promise<SessionUser> {
  const user = await context.userOfCookies(socket.data.cookieHeader);
  if (user === null) {
    throw new AppError('unauthorized', 'Sign in first');
  }
  return user;
}
