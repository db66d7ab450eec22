'use client';

import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { Switch } from 'radix-ui';
import { type FormEvent, useEffect, useId, useState } from 'react';
import type { EventView } from '../../server/events/event-view';
import { failedField, failureWords, fieldWords } from '../_client/failure-words';
import { useTRPC } from '../_client/trpc';
import { Button } from '../_ui/button';
import { TextArea, TextField } from '../_ui/text-field';
import { fromLocalDateTime, toLocalDateTime } from './local-date-time';

type Fields = {
  name: string;
  description: string;
  startsAt: string;
  endsAt: string;
  runningNow: boolean;
  matchId: string;
  matchUrl: string;
};

function fieldsOf(event: EventView | null): Fields {
  return {
    name: event?.name ?? '',
    description: event?.description ?? '',
    startsAt: '',
    endsAt: '',
    runningNow: event?.runningNow ?? false,
    matchId: event?.matchId ?? '',
    matchUrl: event?.matchUrl ?? '',
  };
}

/** Makes an event, or changes one's own. The server's rules are the rules; they are shown beside their fields. */
export function EventForm({ event }: { event: EventView | null }) {
  const trpc = useTRPC();
  const router = useRouter();
  const runningId = useId();
  const [fields, setFields] = useState(() => fieldsOf(event));
  const onDone = { onSuccess: (saved: EventView) => router.push(`/event/${saved.id}`) };
  const create = useMutation(trpc.events.create.mutationOptions(onDone));
  const update = useMutation(trpc.events.update.mutationOptions(onDone));
  const saving = event === null ? create : update;
  const badField = saving.error === null ? null : failedField(saving.error);
  const fault = (field: keyof Fields) =>
    saving.error !== null && badField === field ? fieldWords(saving.error) : null;

  // The browser's zone is known only here; the server would render the times in its own.
  useEffect(() => {
    setFields((all) => ({
      ...all,
      startsAt: toLocalDateTime(event?.startsAt ?? null),
      endsAt: toLocalDateTime(event?.endsAt ?? null),
    }));
  }, [event]);

  const set = (change: Partial<Fields>) => setFields((all) => ({ ...all, ...change }));
  const submit = (submitted: FormEvent) => {
    submitted.preventDefault();
    const input = {
      ...fields,
      startsAt: fromLocalDateTime(fields.startsAt),
      endsAt: fromLocalDateTime(fields.endsAt),
    };
    if (event === null) {
      create.mutate(input);
    } else {
      update.mutate({ eventId: event.id, ...input });
    }
  };

  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-5">
      <TextField
        label="Name"
        placeholder="Nepal v Kenya"
        hint="A match named “Home v Away” gets both sides on the board"
        value={fields.name}
        onChange={(change) => set({ name: change.target.value })}
        error={fault('name')}
      />
      <TextArea
        label="Description"
        placeholder="T20 Tri-Series, 5th match, Kirtipur"
        value={fields.description}
        onChange={(change) => set({ description: change.target.value })}
        error={fault('description')}
      />
      <div className="grid gap-5 sm:grid-cols-2">
        <TextField
          label="Starts"
          type="datetime-local"
          hint="In your own time"
          value={fields.startsAt}
          onChange={(change) => set({ startsAt: change.target.value })}
          error={fault('startsAt')}
        />
        <TextField
          label="Ends"
          type="datetime-local"
          value={fields.endsAt}
          onChange={(change) => set({ endsAt: change.target.value })}
          error={fault('endsAt')}
        />
      </div>
      <div className="flex min-h-11 items-center gap-3">
        <Switch.Root
          id={runningId}
          checked={fields.runningNow}
          onCheckedChange={(runningNow) => set({ runningNow })}
          className="relative h-7 w-12 shrink-0 rounded-full after:absolute after:-inset-2 bg-bg inset-ring-2 inset-ring-text-3 data-[state=checked]:bg-lamp data-[state=checked]:inset-ring-lamp"
        >
          <Switch.Thumb className="block size-5 translate-x-1 rounded-full bg-text-3 data-[state=checked]:translate-x-6 data-[state=checked]:bg-on-lamp" />
        </Switch.Root>
        <label htmlFor={runningId} className="py-3 font-semibold">
          It is being played now
        </label>
      </div>
      <div className="grid gap-5 sm:grid-cols-2">
        <TextField
          label="Match ID"
          hint="From your score provider, if there is one"
          value={fields.matchId}
          onChange={(change) => set({ matchId: change.target.value })}
          error={fault('matchId')}
        />
        <TextField
          label="Match page"
          type="url"
          placeholder="https://"
          hint="The score is read from commentary.xml below it"
          value={fields.matchUrl}
          onChange={(change) => set({ matchUrl: change.target.value })}
          error={fault('matchUrl')}
        />
      </div>
      {saving.error !== null && badField === null && (
        <p role="alert" className="text-live">
          {failureWords(saving.error)}
        </p>
      )}
      <Button
        type="submit"
        look="lamp"
        size="large"
        className="self-start"
        disabled={saving.isPending || saving.isSuccess}
      >
        {event === null ? 'Create event' : 'Save'}
      </Button>
    </form>
  );
}
