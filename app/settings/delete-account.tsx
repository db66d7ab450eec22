'use client';

import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { failedField, failureWords, fieldWords } from '../_client/failure-words';
import { useTRPC } from '../_client/trpc';
import { Button } from '../_ui/button';
import { TextField } from '../_ui/text-field';

type DeleteAccountProps = {
  headingId: string;
  /** what must be typed to go on */
  words: string;
};

function faultWords(error: { message: string } | null): string | null {
  if (error === null) {
    return null;
  }
  return failedField(error) === 'confirmation' ? fieldWords(error) : failureWords(error);
}

/** Deletes one's account, after one has typed that one wants it. */
export function DeleteAccount({ headingId, words }: DeleteAccountProps) {
  const trpc = useTRPC();
  const [isAsking, setAsking] = useState(false);
  const [confirmation, setConfirmation] = useState('');
  const remove = useMutation(
    // A whole new page: nothing of the person may stay in this one.
    trpc.users.deleteAccount.mutationOptions({ onSuccess: () => window.location.assign('/') }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    remove.mutate({ confirmation });
  };
  return (
    <>
      <header className="flex flex-col gap-1.5">
        <h2 id={headingId} className="text-section">
          Delete my account
        </h2>
        <p className="text-text-2">
          What you have on air ends at once. Your profile, streams and recordings go for good, and so do your events,
          unless others broadcast there. Your chat lines lose your name and their words. It cannot be undone.
        </p>
      </header>
      {isAsking ? (
        <form noValidate onSubmit={submit} className="flex flex-col gap-4">
          <TextField
            label={`Type “${words}”`}
            autoFocus
            autoComplete="off"
            value={confirmation}
            onChange={(event) => setConfirmation(event.target.value)}
            error={faultWords(remove.error)}
          />
          <div className="flex flex-wrap gap-2">
            <Button type="submit" look="danger" disabled={remove.isPending || remove.isSuccess}>
              Delete it all
            </Button>
            <Button look="quiet" onClick={() => setAsking(false)}>
              Stay
            </Button>
          </div>
        </form>
      ) : (
        <Button look="danger" className="self-start" onClick={() => setAsking(true)}>
          Delete my account
        </Button>
      )}
    </>
  );
}
