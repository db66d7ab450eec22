'use client';

import { useMutation } from '@tanstack/react-query';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { type FormEvent, useState } from 'react';
import type { StreamOnAir } from '../../server/streams/list-streams-on-air';
import { failedField, failureWords, fieldWords } from '../_client/failure-words';
import { useTRPC } from '../_client/trpc';
import { Avatar } from '../_ui/avatar';
import { Button } from '../_ui/button';
import { listeningWords } from '../_ui/listening-words';
import { LocalTime } from '../_ui/local-time';
import { stateWords } from '../_ui/state-words';
import { TextField } from '../_ui/text-field';

/** A stream on air and its kill switch, which asks for a reason: the broadcaster reads it, and the log keeps it. */
export function StreamOnAirRow({ stream }: { stream: StreamOnAir }) {
  const trpc = useTRPC();
  const router = useRouter();
  const [isAsking, setAsking] = useState(false);
  const [reason, setReason] = useState('');
  const kill = useMutation(
    trpc.admin.killStream.mutationOptions({
      onSuccess: () => {
        setAsking(false);
        router.refresh();
      },
    }),
  );
  const isReasonBad = kill.error !== null && failedField(kill.error) === 'reason';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    kill.mutate({ streamId: stream.id, reason });
  };
  const isPrivate = stream.visibility === 'private';
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 border-t border-line py-4">
      <Avatar person={stream.owner} size={40} />
      <div className="min-w-0 grow basis-48">
        <p className="truncate text-lead font-semibold">
          {isPrivate ? (
            stream.name
          ) : (
            <Link href={`/watch/${stream.id}`} className="py-0.5 hover:underline">
              {stream.name}
            </Link>
          )}
        </p>
        <p className="truncate text-text-2">
          <Link href={`/user/${stream.owner.id}`} className="hover:underline">
            {stream.owner.name}
          </Link>
          ,{' '}
          <Link href={`/event/${stream.event.id}`} className="hover:underline">
            {stream.event.name}
          </Link>
        </p>
        <p className="text-small text-text-3">
          {stateWords[stream.state]}
          {isPrivate && ', private'} · {listeningWords(stream.viewers)}
          {stream.nodeName !== null && ` · ${stream.nodeName}`}
          {stream.startedAt !== null && (
            <>
              {' '}
              · since <LocalTime date={stream.startedAt} show="day-and-time" />
            </>
          )}
        </p>
      </div>
      {!isAsking && (
        <Button look="danger" aria-label={`End stream ${stream.name}`} onClick={() => setAsking(true)}>
          End stream
        </Button>
      )}
      {isAsking && (
        <form noValidate onSubmit={submit} className="flex w-full flex-col gap-3">
          <TextField
            label="Reason"
            hint="The broadcaster reads it, and the audit log keeps it"
            autoFocus
            value={reason}
            onChange={(event) => setReason(event.target.value)}
            error={isReasonBad && kill.error ? fieldWords(kill.error) : null}
          />
          <div className="flex flex-wrap gap-2">
            <Button type="submit" look="danger" disabled={kill.isPending}>
              End it
            </Button>
            <Button look="quiet" onClick={() => setAsking(false)}>
              Leave it on air
            </Button>
          </div>
        </form>
      )}
      {kill.error !== null && !isReasonBad && (
        <p role="alert" className="w-full text-small text-live">
          {failureWords(kill.error)}
        </p>
      )}
    </li>
  );
}
