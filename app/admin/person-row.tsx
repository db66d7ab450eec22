'use client';

import { useMutation } from '@tanstack/react-query';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import type { PersonForOperators } from '../../server/users/list-people';
import { failureWords } from '../_client/failure-words';
import { useTRPC } from '../_client/trpc';
import { Avatar } from '../_ui/avatar';
import { Button } from '../_ui/button';
import { countWords } from '../_ui/listening-words';
import { LocalTime } from '../_ui/local-time';

type PersonRowProps = { person: PersonForOperators; isMe: boolean; changed: () => void };

/** A person, what they have done, and whether they are an operator. */
export function PersonRow({ person, isMe, changed }: PersonRowProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const setRole = useMutation(
    trpc.admin.setRole.mutationOptions({
      onSuccess: () => {
        changed();
        // the log below has one entry more
        router.refresh();
      },
    }),
  );
  const isOperator = person.role === 'operator';
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 border-t border-line py-3">
      <Avatar person={person} size={36} />
      <div className="min-w-0 grow basis-40">
        <p className="flex flex-wrap gap-x-2">
          <Link href={`/user/${person.id}`} className="py-0.5 font-semibold wrap-anywhere hover:underline">
            {person.name}
          </Link>
          {isOperator && <span className="py-0.5 text-text-2">Operator</span>}
        </p>
        <p className="text-small text-text-3">
          Since <LocalTime date={person.createdAt} show="day" />, {countWords(person.published)} put on air
          {person.isSignedIn ? ', signed in' : ''}
        </p>
      </div>
      {!isMe && person.provider !== null && (
        <Button
          disabled={setRole.isPending}
          aria-label={`${isOperator ? 'Make a member' : 'Make an operator'}: ${person.name}`}
          onClick={() => setRole.mutate({ userId: person.id, role: isOperator ? 'member' : 'operator' })}
        >
          {isOperator ? 'Make a member' : 'Make an operator'}
        </Button>
      )}
      {setRole.error !== null && (
        <p role="alert" className="w-full text-small text-live">
          {failureWords(setRole.error)}
        </p>
      )}
    </li>
  );
}
