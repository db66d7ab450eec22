import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { serverEnv } from '../../../../server/env';
import { getCaller } from '../../../../server/trpc/caller';
import { LatencyProfile } from '../../../../stream-node/contract/profiles';
import { foundOrNull } from '../../../_client/found-or-null';
import { requireMe } from '../../../_client/require-me';
import { PageFrame } from '../../../_ui/page-frame';
import { Studio } from './studio';

export const metadata: Metadata = { title: 'Your booth', robots: { index: false } };

type GoLivePageProps = { params: Promise<{ id: string }>; searchParams: Promise<{ profile?: string | string[] }> };

/** Where a broadcaster goes live. `?profile=lowest-latency` chooses the shortest delay beforehand. */
export default async function GoLivePage({ params, searchParams }: GoLivePageProps) {
  const { id } = await params;
  const profile = LatencyProfile.catch('balanced').parse((await searchParams).profile);
  const me = await requireMe(`/event/${id}/go-live`);
  const caller = await getCaller();
  const event = await foundOrNull(caller.events.get({ eventId: id }));
  if (event === null) {
    notFound();
  }
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
      <Studio start={{ event, streams, messages }} me={me} publicUrl={serverEnv().publicUrl} profile={profile} />
    </PageFrame>
  );
}
