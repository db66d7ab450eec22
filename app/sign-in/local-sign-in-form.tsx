'use client';

import { type FormEvent, useEffect, useState } from 'react';
import { z } from 'zod';
import { Button } from '../_ui/button';
import { TextField } from '../_ui/text-field';

const Availability = z.object({ available: z.boolean() });
const Refused = z.object({ message: z.string() });

const unreachable = 'We could not reach zyzz. Check that it is running and try again.';

async function signInByName(name: string, callbackUrl: string): Promise<string | null> {
  const response = await fetch('/api/local-sign-in', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, callbackUrl }),
  });
  if (response.ok) {
    return null;
  }
  const refused = Refused.safeParse(await response.json().catch(() => null));
  return refused.data?.message ?? 'That did not work. Try again.';
}

/** Sign-in by name, which only the machine's own people are offered. */
export function LocalSignInForm({ callbackPath }: { callbackPath: string }) {
  const [available, setAvailable] = useState(true);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);

  useEffect(() => {
    const ask = async () => {
      const response = await fetch('/api/local-sign-in');
      const { data } = Availability.safeParse(await response.json());
      setAvailable(data?.available ?? false);
    };
    // unreachable now: the form stays, and says so when it is sent
    ask().catch(() => undefined);
  }, []);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get('name') ?? '').trim();
    if (name === '') {
      setError('Type the name that others will see');
      return;
    }
    setBusy(true);
    const refusal = await signInByName(name, callbackPath).catch(() => unreachable);
    if (refusal === null) {
      // a whole new page: the socket and every cached answer belong to who was here before
      window.location.assign(callbackPath);
      return;
    }
    setError(refusal);
    setBusy(false);
  };

  if (!available) {
    return (
      <p className="text-text-2">
        Signing in by name works only on the machine that zyzz runs on. Open it there by its localhost address.
      </p>
    );
  }
  return (
    <form
      className="flex flex-col gap-4"
      noValidate
      onSubmit={(event) => {
        void submit(event);
      }}
    >
      <TextField label="Your name" name="name" autoComplete="nickname" autoFocus maxLength={200} error={error} />
      <Button type="submit" look="lamp" size="large" disabled={busy}>
        Continue
      </Button>
    </form>
  );
}
