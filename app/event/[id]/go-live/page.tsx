import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { serverEnv } from '../../../../server/env';
import type { StreamView } from '../../../../server/streams/stream-view';
import { getCaller } from '../../../../server/trpc/caller';
import type { SessionUser } from '../../../../server/users/session-user';
import { PublicId } from '../../../../stream-node/contract/ids';
import { LatencyProfile } from '../../../../stream-node/contract/profiles';
import { isFinal } from '../../../../stream-node/contract/stream-state';
import { foundOrNull } from '../../../_client/found-or-null';
import { requireMe } from '../../../_client/require-me';
import { PageFrame } from '../../../_ui/page-frame';
import { Booth } from './booth';

export const metadata: Metadata = { title: 'Your booth', robots: { index: false } };

type GoLivePageProps = {
  params: Promise<{ id: string }>;
  searchParams: Promise<{ profile?: string | string[]; encoder?: string | string[] }>;
};

/**
 * Where a broadcaster goes live. `?profile=lowest-latency` chooses the shortest delay beforehand, `?encoder=<stream id>` is the
 * booth of one's own stream that an encoder sends to.
 */
export default async function GoLivePage({ params, searchParams }: GoLivePageProps) {
  const { id } = await params;
  const wanted = await searchParams;
  const profile = LatencyProfile.catch('balanced').parse(wanted.profile);
  const me = await requireMe(`/event/${id}/go-live`);
  const caller = await getCaller();
  const event = await foundOrNull(caller.events.get({ eventId: id }));
  if (event === null) {
    notFound();
  }
  const encoderStream =
    typeof wanted.encoder === 'string' ? await ownStream(caller, wanted.encoder, { eventId: event.id, me }) : null;
  const [streams, messages] = await Promise.all([
    caller.streams.listForEvent({ eventId: event.id }),
    caller.chat.history({ eventId: event.id }),
  ]);
  const crumbs = (
    <nav aria-label="Where you are" className="flex min-w-0 items-center gap-2 text-text-2">
      <Link href={`/event/${event.id}`} className="truncate py-2.5 hover:text-text">
        {event.name}
      </Link>
      <span aria-hidden className="text-text-3">
        /
      </span>
      <span className="shrink-0 font-semibold text-text">Your booth</span>
    </nav>
  );
  return (
    <PageFrame crumbs={crumbs} foot={false} className="px-3 pb-5 sm:px-5">
      <h1 className="sr-only">Go live at {event.name}</h1>
      <Booth
        start={{ event, streams, messages }}
        me={me}
        publicUrl={serverEnv().publicUrl}
        profile={profile}
        encoderStream={encoderStream}
      />
    </PageFrame>
  );
}

/** One's own stream of this event while it is not over; null for anything else, and the page is an empty booth. */
async function ownStream(
  caller: Awaited<ReturnType<typeof getCaller>>,
  streamId: string,
  { eventId, me }: { eventId: string; me: SessionUser },
): Promise<StreamView | null> {
  if (!PublicId.safeParse(streamId).success) {
    return null;
  }
  const found = await foundOrNull(caller.streams.get({ streamId }));
  const stream = found?.stream ?? null;
  return stream?.eventId === eventId && stream.owner.id === me.id && !isFinal(stream.state) ? stream : null;
}
