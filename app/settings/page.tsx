import type { Metadata } from 'next';
import { getCaller } from '../../server/trpc/caller';
import { requireMe } from '../_client/require-me';
import { Avatar } from '../_ui/avatar';
import { NarrowPage } from '../_ui/narrow-page';
import { Panel } from '../_ui/panel';
import { SettingsForm } from './settings-form';

export const metadata: Metadata = { title: 'Settings' };

export default async function SettingsPage() {
  const me = await requireMe('/settings');
  const caller = await getCaller();
  const { description } = await caller.users.get({ userId: me.id });
  return (
    <NarrowPage title="Settings" lead="How others see you, and which voices come first.">
      <Panel className="flex flex-col gap-5">
        <Avatar person={me} size={72} />
        <SettingsForm name={me.name} description={description} language={me.language} />
      </Panel>
    </NarrowPage>
  );
}
