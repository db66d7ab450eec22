import type { Metadata } from 'next';
import { getCaller } from '../../server/trpc/caller';
import { deletionWords } from '../../server/users/delete-account';
import { requireMe } from '../_client/require-me';
import { Avatar } from '../_ui/avatar';
import { NarrowPage } from '../_ui/narrow-page';
import { Panel } from '../_ui/panel';
import { ApiTokens } from './api-tokens';
import { DeleteAccount } from './delete-account';
import { SettingsForm } from './settings-form';

export const metadata: Metadata = { title: 'Settings' };

export default async function SettingsPage() {
  const me = await requireMe('/settings');
  const caller = await getCaller();
  const [{ description }, tokens] = await Promise.all([
    caller.users.get({ userId: me.id }),
    caller.tokens.list({ userId: me.id }),
  ]);
  return (
    <NarrowPage title="Settings" lead="How others see you, which voices come first, and what programs may do as you.">
      <Panel className="flex flex-col gap-5">
        <Avatar person={me} size={72} />
        <SettingsForm name={me.name} description={description} language={me.language} />
      </Panel>
      <Panel aria-labelledby="api-tokens" className="flex flex-col gap-4">
        <ApiTokens headingId="api-tokens" userId={me.id} tokens={tokens} />
      </Panel>
      <Panel aria-labelledby="delete-account" className="flex flex-col gap-4">
        <DeleteAccount headingId="delete-account" words={deletionWords} />
      </Panel>
    </NarrowPage>
  );
}
