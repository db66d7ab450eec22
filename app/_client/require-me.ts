import { redirect } from 'next/navigation';
import { getCaller } from '../../server/trpc/caller';
import type { SessionUser } from '../../server/users/session-user';

/** Who is signed in, or off to the sign-in page and back. For looks alone: each operation checks for itself. */
export async function requireMe(backTo: string): Promise<SessionUser> {
  const caller = await getCaller();
  const me = await caller.viewer.me();
  if (me === null) {
    redirect(`/sign-in?error=SessionRequired&callbackUrl=${encodeURIComponent(backTo)}`);
  }
  return me;
}
