import { IconCalendarPlus, IconMicrophone } from '@tabler/icons-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import type { EventView } from '../../server/events/event-view';
import { getCaller } from '../../server/trpc/caller';
import { requireMe } from '../_client/require-me';
import { ButtonLink } from '../_ui/button-link';
import { EmptyState } from '../_ui/empty-state';
import { LocalTime } from '../_ui/local-time';
import { PageFrame } from '../_ui/page-frame';
import { OwnStreams } from './own-streams';
import { RecordingLimits } from './recording-limits';

export const metadata: Metadata = { title: 'Studio' };

function OwnEvents({ events }: { events: EventView[] }) {
  return (
    <ul>
      {events.map((event) => (
        <li key={event.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 border-t border-line py-4">
          <span className="min-w-40 grow basis-40 wrap-anywhere">
            <Link
              href={`/event/${event.id}`}
              className="block py-0.5 pointer-coarse:-my-2 pointer-coarse:py-2.5 text-lead font-semibold hover:underline"
            >
              {event.name}
            </Link>
            <span className="text-small text-text-3">
              {event.runningNow && 'Playing now'}
              {!event.runningNow && event.startsAt !== null && (
                <LocalTime date={event.startsAt} show="day-and-time" capital />
              )}
              {!event.runningNow && event.startsAt === null && 'No time set'}
            </span>
          </span>
          <span className="flex gap-2">
            <ButtonLink href={`/event/${event.id}/edit`}>Edit</ButtonLink>
            <ButtonLink href={`/event/${event.id}/go-live`}>
              <IconMicrophone size={18} aria-hidden />
              Go live
            </ButtonLink>
          </span>
        </li>
      ))}
    </ul>
  );
}

export default async function StudioPage() {
  const me = await requireMe('/studio');
  const caller = await getCaller();
  const [streams, lists, usage] = await Promise.all([
    caller.streams.listMine(),
    caller.events.list(),
    caller.recordings.usage(),
  ]);
  const events = [...lists.live, ...lists.upcoming, ...lists.past].filter((event) => event.owner.id === me.id);
  return (
    <PageFrame>
      <div className="mx-auto grid max-w-6xl gap-10 px-3 pt-4 pb-10 sm:px-5 sm:pt-6 lg:grid-cols-[3fr_2fr]">
        <h1 className="text-title lg:col-span-2">Studio</h1>
        <RecordingLimits usage={usage} />
        <section aria-labelledby="own-streams" className="min-w-0">
          <h2 id="own-streams" className="mb-3 flex min-h-10 items-center text-section">
            Your streams and recordings
          </h2>
          {streams.length === 0 ? (
            <EmptyState
              title="You have not been on air yet"
              action={
                <ButtonLink href="/" look="lamp">
                  Find a match to call
                </ButtonLink>
              }
            >
              Pick a match, press “Call this match”, and speak. What you record stays here.
            </EmptyState>
          ) : (
            <OwnStreams streams={streams} />
          )}
        </section>
        <section aria-labelledby="own-events" className="min-w-0">
          <div className="mb-3 flex items-center">
            <h2 id="own-events" className="grow text-section">
              Your events
            </h2>
            <ButtonLink href="/events/new">
              <IconCalendarPlus size={18} aria-hidden />
              New event
            </ButtonLink>
          </div>
          {events.length === 0 ? (
            <EmptyState title="No events of your own">
              You can call anyone’s match; make one when yours is missing.
            </EmptyState>
          ) : (
            <OwnEvents events={events} />
          )}
        </section>
      </div>
    </PageFrame>
  );
}
