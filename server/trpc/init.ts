import { initTRPC, TRPCError } from '@trpc/server';
import superjson from 'superjson';
import { ZodError, z } from 'zod';
import { sharedDatabase } from '../../db/client';
import { StreamId } from '../../stream-node/contract/ids';
import { userOfCookies } from '../auth';
import { databaseAway, saysDatabaseIsAway, whileDatabaseAnswers } from '../database-answers';
import { serverEnv } from '../env';
import { type AppError, badInput, errorTable, isAppError } from '../errors';
import { sharedLogger } from '../logger';
import type { OperationContext } from '../operation-context';
import { currentRequest } from '../request-scope';

const wentWrong = 'Something went wrong on our side; try again';

/** The context of one request: who the cookies belong to, and the process's database. */
export async function createContext(options: { cookieHeader: string | null }): Promise<OperationContext> {
  const env = serverEnv();
  const { db } = sharedDatabase(env.databaseUrl);
  const logger = sharedLogger(env.logLevel);
  try {
    const actor = await whileDatabaseAnswers(db, () => userOfCookies(options.cookieHeader, { db, env }));
    return { db, env, logger, actor };
  } catch (error) {
    logger.error({ err: error }, 'a session could not be looked up');
    // Without its cause: what a page throws Next prints, what a call throws its caller reads, and the words of a failed
    // query hold its parameters, here the session's token.
    throw isAppError(error) ? edgeError(error) : new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message: wentWrong });
  }
}

/** With the words of ours. */
function edgeError(error: AppError): TRPCError {
  return new TRPCError({ code: errorTable[error.code].trpcCode, message: error.userMessage, cause: error });
}

function appErrorOf(cause: unknown): AppError | null {
  if (isAppError(cause)) {
    return cause;
  }
  if (cause instanceof ZodError) {
    return badInput(cause);
  }
  return saysDatabaseIsAway(cause) ? databaseAway() : null;
}

const t = initTRPC.context<OperationContext>().create({
  transformer: superjson,
  errorFormatter: ({ shape, error }) => {
    const appError = isAppError(error.cause) ? error.cause : null;
    const { stack: _, ...data } = shape.data;
    return { ...shape, data: { ...data, appCode: appError?.code ?? null, field: appError?.field ?? null } };
  },
});

/** Log lines of a call that names a stream carry its id. */
function noteStream(input: unknown): void {
  const named = z.object({ streamId: StreamId }).safeParse(input);
  if (named.success) {
    Object.assign(currentRequest() ?? {}, { streamId: named.data.streamId });
  }
}

/** The edge: an error of ours keeps its words and its code; anything else is logged and says nothing of our inside. */
const errorEdge = t.middleware(async ({ next, ctx, path, getRawInput }) => {
  noteStream(await getRawInput());
  const result = await whileDatabaseAnswers(ctx.db, next).catch((error) => {
    throw isAppError(error) ? edgeError(error) : error;
  });
  if (result.ok) {
    return result;
  }
  const { error } = result;
  const appError = appErrorOf(error.cause);
  if (appError !== null) {
    if (appError.code === 'database_away') {
      ctx.logger.warn({ path }, 'the database is away');
    }
    throw edgeError(appError);
  }
  if (error.code !== 'INTERNAL_SERVER_ERROR') {
    throw error;
  }
  ctx.logger.error({ err: error.cause ?? error, path }, 'a procedure failed');
  throw new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message: wentWrong });
});

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;
/** Open to all; who may do what is decided in the operation. */
export const procedure = t.procedure.use(errorEdge);
