import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { z } from 'zod';
import { serverEnv } from '../../../server/env';
import type { EventView } from '../../../server/events/event-view';
import { eventShare } from '../../../server/share/event-share';
import type { StreamView } from '../../../server/streams/stream-view';
import { getCaller } from '../../../server/trpc/caller';
import { PublicId } from '../../../stream-node/contract/ids';
import { isOnAir } from '../../../stream-node/contract/stream-state';
import { foundOrNull } from '../../_client/found-or-null';
import { JsonLdScript } from '../../_share/json-ld-script';
import { shareMetadata } from '../../_share/share-metadata';
import { PageFrame } from '../../_ui/page-frame';
import { chooseStream } from './choose-stream';
import { EventRoom } from './event-room';

type EventPageProps = {
  params: Promise<{ id: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

/** A query that makes no sense is as good as none: the page opens all the same. */
const EventQuery = z.object({
  stream: PublicId.optional().catch(undefined),
  at: z.coerce.date().optional().catch(undefined),
});

function shareOf(event: EventView, streams: StreamView[]) {
  const onAir = streams.filter((stream) => isOnAir(stream.state) && stream.visibility === 'public');
  return eventShare(event, onAir, serverEnv().publicUrl);
}

export async function generateMetadata({ params }: EventPageProps): Promise<Metadata> {
  const { id } = await params;
  const caller = await getCaller();
  const event = await foundOrNull(caller.events.get({ eventId: id }));
  if (event === null) {
    return { title: 'No such event' };
  }
  const active = await caller.streams.listForEvent({ eventId: event.id });
  return shareMetadata(shareOf(event, active));
}

export default async function EventPage({ params, searchParams }: EventPageProps) {
  const { id } = await params;
  const query = EventQuery.parse(await searchParams);
  const caller = await getCaller();
  const event = await foundOrNull(caller.events.get({ eventId: id }));
  if (event === null) {
    notFound();
  }
  const [me, allStreams, messages, score] = await Promise.all([
    caller.viewer.me(),
    caller.streams.listForEvent({ eventId: event.id, includeEnded: true }),
    caller.chat.history({ eventId: event.id }),
    caller.score.now({ eventId: event.id }),
  ]);
  const language = me?.language ?? 'en';
  return (
    <PageFrame topBarClassName="max-sm:hidden" footClassName="max-sm:hidden">
      <JsonLdScript share={shareOf(event, allStreams)} />
      <EventRoom
        start={{ event, streams: allStreams, messages, score }}
        allStreams={allStreams}
        startAtMs={query.at?.getTime() ?? null}
        initialStreamId={chooseStream(allStreams, query.stream, language)}
        me={me}
        language={language}
        publicUrl={serverEnv().publicUrl}
      />
    </PageFrame>
  );
}
