import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { z } from 'zod';
import { serverEnv } from '../../../server/env';
import { getCaller } from '../../../server/trpc/caller';
import { PublicId } from '../../../stream-node/contract/ids';
import { foundOrNull } from '../../_client/found-or-null';
import { PageFrame } from '../../_ui/page-frame';
import { chooseStream } from './choose-stream';
import { EventRoom } from './event-room';

type EventPageProps = {
  params: Promise<{ id: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

/** A query that makes no sense is as good as none: the page opens all the same. */
const EventQuery = z.object({ stream: PublicId.optional().catch(undefined) });

export async function generateMetadata({ params }: EventPageProps): Promise<Metadata> {
  const { id } = await params;
  const caller = await getCaller();
  const event = await foundOrNull(caller.events.get({ eventId: id }));
  return event === null ? { title: 'No such event' } : { title: event.name };
}

export default async function EventPage({ params, searchParams }: EventPageProps) {
  const { id } = await params;
  const query = EventQuery.parse(await searchParams);
  const caller = await getCaller();
  const event = await foundOrNull(caller.events.get({ eventId: id }));
  if (event === null) {
    notFound();
  }
  const [me, allStreams, messages] = await Promise.all([
    caller.viewer.me(),
    caller.streams.listForEvent({ eventId: event.id, includeEnded: true }),
    caller.chat.history({ eventId: event.id }),
  ]);
  const language = me?.language ?? 'en';
  return (
    <PageFrame topBarClassName="max-sm:hidden" className="sm:pb-5">
      <EventRoom
        start={{ event, streams: allStreams, messages }}
        allStreams={allStreams}
        initialStreamId={chooseStream(allStreams, query.stream, language)}
        me={me}
        language={language}
        publicUrl={serverEnv().publicUrl}
      />
    </PageFrame>
  );
}
