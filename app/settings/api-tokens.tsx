'use client';

import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { type FormEvent, useState } from 'react';
import type { TokenView } from '../../server/tokens/token-view';
import { failedField, failureWords, fieldWords } from '../_client/failure-words';
import { useTRPC } from '../_client/trpc';
import { Button } from '../_ui/button';
import { CopyField } from '../_ui/copy-field';
import { TextField } from '../_ui/text-field';
import { TokenRow } from './token-row';

type MadeToken = { id: string; name: string; token: string };

type ApiTokensProps = { headingId: string; userId: string; tokens: TokenView[] };

/** One's personal API tokens: made, shown this once, listed by name, revoked. */
export function ApiTokens({ headingId, userId, tokens }: ApiTokensProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const [name, setName] = useState('');
  // Kept by itself: a next one that is refused must not take the only sight of this one away.
  const [made, setMade] = useState<MadeToken | null>(null);
  const create = useMutation(
    trpc.tokens.create.mutationOptions({
      onSuccess: (token) => {
        setMade(token);
        setName('');
        router.refresh();
      },
    }),
  );
  const isNameBad = create.error !== null && failedField(create.error) === 'name';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({ userId, name });
  };
  return (
    <>
      <header className="flex flex-col gap-1.5">
        <h2 id={headingId} className="text-section">
          API tokens
        </h2>
        <p className="text-text-2">
          With a token a program does what you may do: it makes events and streams, and ends them. Give each program its
          own, so that you can revoke one alone.
        </p>
      </header>
      <form noValidate onSubmit={submit} className="flex flex-wrap items-end gap-3">
        <div className="min-w-0 grow basis-60">
          <TextField
            label="Token name"
            hint="What it is for, such as “Scoreboard at the ground”"
            value={name}
            onChange={(event) => setName(event.target.value)}
            error={isNameBad && create.error ? fieldWords(create.error) : null}
          />
        </div>
        <Button type="submit" className="h-11 sm:mb-5.5" disabled={create.isPending}>
          Make a token
        </Button>
      </form>
      {create.error !== null && !isNameBad && (
        <p role="alert" className="text-live">
          {failureWords(create.error)}
        </p>
      )}
      <div role="status" className="empty:hidden">
        {made !== null && (
          <div className="flex flex-col gap-2 rounded-row bg-raised p-4">
            <p className="font-semibold wrap-anywhere">Copy “{made.name}” now. It is not shown again.</p>
            <CopyField label="New token" value={made.token} />
          </div>
        )}
      </div>
      {tokens.length > 0 && (
        <ul aria-label="Your tokens">
          {tokens.map((token) => (
            <TokenRow
              key={token.id}
              userId={userId}
              token={token}
              onRevoked={() => token.id === made?.id && setMade(null)}
            />
          ))}
        </ul>
      )}
    </>
  );
}
