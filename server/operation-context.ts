import type { Database } from '../db/client';
import type { ServerEnv } from './env';
import { AppError } from './errors';
import type { Logger } from './logger';
import type { SessionUser } from './users/session-user';

/** What every operation is given: who acts, and on what. The permission is decided in the operation, with this. */
export type OperationContext = {
  db: Database;
  env: ServerEnv;
  logger: Logger;
  /** `null`: nobody is signed in */
  actor: SessionUser | null;
};

/** @throws AppError `unauthorized` */
export function requireUser(context: { actor: SessionUser | null }): SessionUser {
  if (context.actor === null) {
    throw new AppError('unauthorized', 'Sign in first');
  }
  return context.actor;
}

/** @throws AppError `unauthorized`, or `forbidden` when someone else is signed in */
export function requireOwner(context: { actor: SessionUser | null }, ownerId: string, thing: string): SessionUser {
  const user = requireUser(context);
  if (user.id !== ownerId) {
    throw new AppError('forbidden', `Only its owner may change this ${thing}`);
  }
  return user;
}
