import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { getCaller } from '../../../../server/trpc/caller';
import { foundOrNull } from '../../../_client/found-or-null';
import { requireMe } from '../../../_client/require-me';
import { EventForm } from '../../../_event-form/event-form';
import { ButtonLink } from '../../../_ui/button-link';
import { NarrowPage } from '../../../_ui/narrow-page';
import { Panel } from '../../../_ui/panel';

export const metadata: Metadata = { title: 'Edit event' };

export default async function EditEventPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  await requireMe(`/event/${id}/edit`);
  const caller = await getCaller();
  const event = await foundOrNull(caller.events.get({ eventId: id }));
  if (event === null) {
    notFound();
  }
  if (!event.canEdit) {
    return (
      <NarrowPage title="Only its owner may edit this event" lead={`${event.name} was made by ${event.owner.name}.`}>
        <ButtonLink href={`/event/${event.id}`} className="self-start">
          Back to the event
        </ButtonLink>
      </NarrowPage>
    );
  }
  return (
    <NarrowPage title="Edit event">
      <Panel>
        <EventForm event={event} />
      </Panel>
    </NarrowPage>
  );
}
