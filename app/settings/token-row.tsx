'use client';

import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { TokenView } from '../../server/tokens/token-view';
import { failureWords } from '../_client/failure-words';
import { useTRPC } from '../_client/trpc';
import { Button } from '../_ui/button';
import { LastQuestion } from '../_ui/last-question';
import { LocalTime } from '../_ui/local-time';

type TokenRowProps = { userId: string; token: TokenView; onRevoked: () => void };

/** One token by its name, when it was made and last used. Revoking asks once. */
export function TokenRow({ userId, token, onRevoked }: TokenRowProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const [isAsking, setAsking] = useState(false);
  const [wasKept, setKept] = useState(false);
  const revoke = useMutation(
    trpc.tokens.revoke.mutationOptions({
      onSuccess: () => {
        onRevoked();
        router.refresh();
      },
    }),
  );
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 border-t border-line py-3">
      <span className="min-w-40 grow">
        <span className="block font-semibold wrap-anywhere">{token.name}</span>
        <span className="block text-small text-text-3">
          Made <LocalTime date={token.createdAt} show="day" />,{' '}
          {token.lastUsedAt === null ? (
            'not used yet'
          ) : (
            <>
              last used <LocalTime date={token.lastUsedAt} show="day-and-time" />
            </>
          )}
        </span>
      </span>
      {isAsking ? (
        <LastQuestion
          warning="Its program stops working."
          yes="Revoke it"
          no="Keep it"
          isBusy={revoke.isPending}
          onYes={() => revoke.mutate({ userId, tokenId: token.id })}
          onNo={() => {
            setKept(true);
            setAsking(false);
          }}
        />
      ) : (
        <Button autoFocus={wasKept} aria-label={`Revoke ${token.name}`} onClick={() => setAsking(true)}>
          Revoke
        </Button>
      )}
      {revoke.error !== null && (
        <p role="alert" className="w-full text-small text-live">
          {failureWords(revoke.error)}
        </p>
      )}
    </li>
  );
}
