import Link from 'next/link';
import type { EventCard } from '../../server/events/event-view';
import { LocalTime } from '../_ui/local-time';
import { EventPicture } from './event-picture';

const eventsShown = 8;

/** Matches that are over: their pages keep the recordings. */
export function ListenAgain({ events }: { events: EventCard[] }) {
  if (events.length === 0) {
    return null;
  }
  return (
    <section aria-labelledby="listen-again" className="px-3 sm:px-5">
      <h2 id="listen-again" className="mb-3 scroll-mt-5 text-title">
        Listen again
      </h2>
      <ul className="grid gap-3 sm:grid-cols-2 xl:grid-cols-4">
        {events.slice(0, eventsShown).map((event) => (
          <li key={event.id} className="relative flex items-center gap-3 overflow-hidden rounded-row bg-surface pr-4">
            <EventPicture eventId={event.id} className="h-[72px] w-[88px] shrink-0" />
            <span className="min-w-0">
              <Link
                href={`/event/${event.id}`}
                className="block truncate font-semibold after:absolute after:inset-0 after:rounded-row"
              >
                {event.name}
              </Link>
              <span className="text-small text-text-3">
                <LocalTime date={event.endsAt ?? event.startsAt ?? event.createdAt} show="day" capital />
              </span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
