import type { Metadata } from 'next';
import { requireMe } from '../../_client/require-me';
import { EventForm } from '../../_event-form/event-form';
import { NarrowPage } from '../../_ui/narrow-page';
import { Panel } from '../../_ui/panel';

export const metadata: Metadata = { title: 'New event' };

export default async function NewEventPage() {
  await requireMe('/events/new');
  return (
    <NarrowPage title="New event" lead="Anyone can then call it, and everyone can find it.">
      <Panel>
        <EventForm event={null} />
      </Panel>
    </NarrowPage>
  );
}
