'use client';

import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { signOut } from 'next-auth/react';
import { type FormEvent, useState } from 'react';
import { failedField, failureWords, fieldWords } from '../_client/failure-words';
import { useTRPC } from '../_client/trpc';
import { Button } from '../_ui/button';
import { languageName, offeredLanguages } from '../_ui/language-name';
import { SelectField } from '../_ui/select-field';
import { TextArea, TextField } from '../_ui/text-field';

type SettingsFormProps = { name: string; description: string; language: string };

/** One's own profile. */
export function SettingsForm({ name, description, language }: SettingsFormProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const [fields, setFields] = useState({ name, description, language });
  const update = useMutation(trpc.users.updateMe.mutationOptions({ onSuccess: () => router.refresh() }));
  const badField = update.error === null ? null : failedField(update.error);
  const fault = (field: keyof typeof fields) => (badField === field && update.error ? fieldWords(update.error) : null);
  const languages = [...new Set([fields.language, ...offeredLanguages])];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    update.mutate(fields);
  };
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-5">
      <TextField
        label="Name"
        value={fields.name}
        onChange={(event) => setFields({ ...fields, name: event.target.value })}
        error={fault('name')}
      />
      <TextArea
        label="About you"
        hint="Shown on your profile"
        value={fields.description}
        onChange={(event) => setFields({ ...fields, description: event.target.value })}
        error={fault('description')}
      />
      <SelectField
        label="Language"
        hint="Voices in your language come first"
        value={fields.language}
        onChange={(value) => setFields({ ...fields, language: value })}
        options={languages.map((tag) => ({ value: tag, label: languageName(tag) }))}
      />
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" look="lamp" disabled={update.isPending}>
          Save
        </Button>
        <span role="status" className="text-good">
          {update.isSuccess ? 'Saved' : ''}
        </span>
        {update.error !== null && badField === null && (
          <span role="alert" className="text-live">
            {failureWords(update.error)}
          </span>
        )}
        <span className="grow" />
        <Button onClick={() => void signOut({ callbackUrl: '/' })}>Sign out</Button>
      </div>
    </form>
  );
}
