import type { ServerEnv } from '../env';
import { personView } from './person-view';

export type Role = 'member' | 'operator';

/** A person who acts, as operations see them. */
export type SessionUser = {
  id: string;
  name: string;
  image: string | null;
  role: Role;
  /** BCP 47 */
  language: string;
  /** how they came: with the session of a browser, or with one of their personal API tokens */
  via: 'session' | 'token';
};

/** Whoever holds the operator token: an operator who is nobody in particular, and so owns nothing. */
export type OperatorTokenHolder = { id: null; role: 'operator'; via: 'operator-token' };

/** Who acts, and how they came. */
export type Actor = SessionUser | OperatorTokenHolder;

type UserRow = {
  id: string;
  name: string | null;
  image: string | null;
  email: string | null;
  role: Role;
  language: string;
};

/** The person of a row. Whoever has an email of `ZYZZ_OPERATOR_EMAILS` is an operator, since whenever it is set. */
export function sessionUser(
  row: UserRow,
  via: SessionUser['via'],
  env: Pick<ServerEnv, 'operatorEmails'>,
): SessionUser {
  const isNamed = row.email !== null && env.operatorEmails.includes(row.email.toLowerCase());
  return { ...personView(row), role: isNamed ? 'operator' : row.role, language: row.language, via };
}
