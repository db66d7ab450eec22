import Link from 'next/link';
import type { EventCard } from '../../server/events/event-view';
import { Avatar } from '../_ui/avatar';
import { audienceWords } from '../_ui/listening-words';
import { LiveChip } from '../_ui/live-chip';
import { languagesWords } from '../_ui/voice-words';
import { EventPicture } from './event-picture';

const facesShown = 4;

function LiveCard({ event }: { event: EventCard }) {
  return (
    <li className="relative grid min-h-[122px] grid-cols-[112px_1fr] overflow-hidden rounded-panel bg-surface sm:grid-cols-[150px_1fr]">
      <EventPicture eventId={event.id} className="size-full" />
      <div className="flex min-w-0 flex-col gap-1 px-4 py-3">
        <div className="flex items-center gap-2 text-small text-text-3">
          {event.onAir.length > 0 ? (
            <>
              <LiveChip small />
              {audienceWords(event.viewers)}
            </>
          ) : (
            'Playing now'
          )}
        </div>
        <h3 className="line-clamp-2 pt-1 text-[21px] leading-6">
          <Link href={`/event/${event.id}`} className="after:absolute after:inset-0 after:rounded-panel">
            {event.name}
          </Link>
        </h3>
        <p className="truncate text-small text-text-2">{event.description}</p>
        <span className="grow" />
        {event.onAir.length === 0 ? (
          <span className="text-small text-text-2">Nobody is calling it yet</span>
        ) : (
          <span className="flex items-center gap-3 text-small text-text-2">
            <span className="flex">
              {event.onAir.slice(0, facesShown).map((stream) => (
                <Avatar key={stream.id} person={stream.owner} size={26} round className="-mr-1.5" />
              ))}
            </span>
            <span className="truncate">{languagesWords(event.onAir)}</span>
          </span>
        )}
      </div>
    </li>
  );
}

/** Every other match that is on. */
export function AlsoLive({ events }: { events: EventCard[] }) {
  return (
    <section aria-labelledby="also-live">
      <h2 id="also-live" className="mb-3 text-title">
        Also live
      </h2>
      {events.length === 0 ? (
        <p className="border-t border-line py-5 text-text-2">No other match is on air right now.</p>
      ) : (
        <ul className="grid gap-3">
          {events.map((event) => (
            <LiveCard key={event.id} event={event} />
          ))}
        </ul>
      )}
    </section>
  );
}
