import Link from 'next/link';
import type { EventCard } from '../../server/events/event-view';
import { ButtonLink } from '../_ui/button-link';
import { LocalTime } from '../_ui/local-time';

function ComingEvent({ event }: { event: EventCard }) {
  return (
    <li className="grid min-h-[88px] grid-cols-[76px_1fr] items-center gap-x-4 gap-y-2 border-t border-line py-3 sm:grid-cols-[76px_1fr_auto]">
      {event.startsAt === null ? (
        <span className="text-small text-text-3">Time to be told</span>
      ) : (
        <span>
          <LocalTime date={event.startsAt} show="time" className="block font-display text-[22px] leading-6 font-bold" />
          <LocalTime date={event.startsAt} show="day" className="text-small text-text-3" />
        </span>
      )}
      <span className="min-w-0">
        <Link
          href={`/event/${event.id}`}
          className="block truncate py-0.5 pointer-coarse:-my-2 pointer-coarse:py-2.5 text-lead font-semibold hover:underline"
        >
          {event.name}
        </Link>
        <span className="block truncate text-small text-text-2">
          {event.description || `Made by ${event.owner.name}`}
        </span>
      </span>
      <ButtonLink href={`/event/${event.id}/go-live`} className="max-sm:col-start-2 max-sm:justify-self-start">
        Call this match
      </ButtonLink>
    </li>
  );
}

/** What starts next, in the viewer's own time. */
export function ComingUp({ events }: { events: EventCard[] }) {
  return (
    <section aria-labelledby="coming-up">
      <div className="mb-3 flex items-baseline">
        <h2 id="coming-up" className="scroll-mt-5 text-title">
          Coming up
        </h2>
        <span className="grow" />
        {events.length > 0 && <span className="text-small text-text-3">Your time</span>}
      </div>
      {events.length === 0 ? (
        <p className="border-t border-line py-5 text-text-2">
          Nothing is planned yet.{' '}
          <Link href="/events/new" className="font-semibold text-sky underline">
            Plan a match
          </Link>
          , and people can find it here.
        </p>
      ) : (
        <ul>
          {events.map((event) => (
            <ComingEvent key={event.id} event={event} />
          ))}
        </ul>
      )}
    </section>
  );
}
