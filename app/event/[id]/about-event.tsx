import Link from 'next/link';
import type { EventView } from '../../../server/events/event-view';
import { LocalTime } from '../../_ui/local-time';

/** What the owner says of the event. */
export function AboutEvent({ event }: { event: EventView }) {
  return (
    <section aria-labelledby="about" className="flex flex-col gap-2 rounded-panel bg-surface p-4 sm:p-5">
      <h2 id="about" className="text-section">
        About
      </h2>
      {event.description !== '' && (
        <p className="max-w-prose wrap-anywhere whitespace-pre-wrap text-text-2">{event.description}</p>
      )}
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-text-2">
        {event.startsAt !== null && (
          <>
            <dt className="text-text-3">Starts</dt>
            <dd>
              <LocalTime date={event.startsAt} show="day-and-time" capital />
            </dd>
          </>
        )}
        {event.endsAt !== null && (
          <>
            <dt className="text-text-3">Ends</dt>
            <dd>
              <LocalTime date={event.endsAt} show="day-and-time" capital />
            </dd>
          </>
        )}
        <dt className="text-text-3">Made by</dt>
        <dd>
          <Link href={`/user/${event.owner.id}`} className="text-sky underline">
            {event.owner.name}
          </Link>
        </dd>
        {event.matchUrl !== '' && (
          <>
            <dt className="text-text-3">Match</dt>
            <dd className="min-w-0">
              <a
                href={event.matchUrl}
                rel="noopener nofollow ugc"
                target="_blank"
                className="wrap-anywhere text-sky underline"
              >
                {new URL(event.matchUrl).hostname}
              </a>
            </dd>
          </>
        )}
      </dl>
    </section>
  );
}
