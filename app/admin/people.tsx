'use client';

import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { PersonForOperators } from '../../server/users/list-people';
import { failureWords } from '../_client/failure-words';
import { useTRPC } from '../_client/trpc';
import { Button } from '../_ui/button';
import { EmptyState } from '../_ui/empty-state';
import { TextField } from '../_ui/text-field';
import { PersonRow } from './person-row';

/** As many as one answer holds: a full one may have more after it. */
const pageLength = 50;

/** People by name, newest first, and their roles. */
export function People({ initial, myId }: { initial: PersonForOperators[]; myId: string }) {
  const trpc = useTRPC();
  const [typed, setTyped] = useState('');
  const [asked, setAsked] = useState<{ name?: string; before?: number }>({});
  const isFirst = asked.name === undefined && asked.before === undefined;
  const found = useQuery({
    ...trpc.admin.people.queryOptions(asked),
    ...(isFirst ? { initialData: initial } : {}),
    placeholderData: (previous) => previous,
  });
  const people = found.data ?? initial;
  const oldest = people.at(-1);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(typed.trim() === '' ? {} : { name: typed.trim() });
  };
  return (
    <div className="flex flex-col gap-3">
      <form onSubmit={submit} className="flex items-end gap-2">
        <div className="grow">
          <TextField label="Name" value={typed} onChange={(event) => setTyped(event.target.value)} />
        </div>
        <Button type="submit" className="h-11">
          Find
        </Button>
      </form>
      {found.error !== null && (
        <p role="alert" className="text-live">
          {failureWords(found.error)}
        </p>
      )}
      {people.length === 0 ? (
        <EmptyState title="Nobody of that name" />
      ) : (
        <ul>
          {people.map((person) => (
            <PersonRow key={person.id} person={person} isMe={person.id === myId} changed={() => void found.refetch()} />
          ))}
        </ul>
      )}
      {people.length === pageLength && oldest !== undefined && (
        <Button className="self-start" onClick={() => setAsked({ ...asked, before: oldest.key })}>
          Earlier people
        </Button>
      )}
    </div>
  );
}
