import type { Database } from '../db/client';
import type { ServerEnv } from './env';
import { AppError } from './errors';
import type { Logger } from './logger';
import type { Actor, SessionUser } from './users/session-user';

/** What every operation is given: who acts, and on what. The permission is decided in the operation, with this. */
export type OperationContext = {
  db: Database;
  env: ServerEnv;
  logger: Logger;
  /** `null`: nobody is signed in */
  actor: Actor | null;
};

type Acting = { actor: Actor | null };

/** A person, or the operator token. @throws AppError `unauthorized` */
export function requireSignedIn({ actor }: Acting): Actor {
  if (actor === null) {
    throw new AppError('unauthorized', 'Sign in first');
  }
  return actor;
}

/**
 * A person, for whatever they will own. The operator token is no person's: an operator makes a token for the person
 * (`POST /api/user/:id/tokens/`) and acts with that.
 *
 * @throws AppError `unauthorized`, or `forbidden` to the operator token
 */
export function requireUser(context: Acting): SessionUser {
  const actor = requireSignedIn(context);
  if (actor.via === 'operator-token') {
    throw new AppError('forbidden', 'The operator token is no person’s; use a personal API token for this');
  }
  return actor;
}

/** @throws AppError `unauthorized`, or `forbidden` when someone else acts; an operator is someone else too */
export function requireOwner(context: Acting, ownerId: string, thing: string): SessionUser {
  const user = requireUser(context);
  if (user.id !== ownerId) {
    throw new AppError('forbidden', `Only its owner may change this ${thing}`);
  }
  return user;
}

/** @throws AppError `unauthorized`, or `forbidden` to whoever is no operator */
export function requireOperator(context: Acting): Actor {
  const actor = requireSignedIn(context);
  if (actor.role !== 'operator') {
    throw new AppError('forbidden', 'Only an operator may do this');
  }
  return actor;
}

/** @throws AppError `unauthorized`, or `forbidden` to whoever is neither that person nor an operator */
export function requireSelfOrOperator(context: Acting, userId: string): Actor {
  const actor = requireSignedIn(context);
  if (actor.id !== userId && actor.role !== 'operator') {
    throw new AppError('forbidden', 'Only they themselves or an operator may do this');
  }
  return actor;
}
