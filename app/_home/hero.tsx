import { IconMicrophone, IconPlayerPlayFilled } from '@tabler/icons-react';
import Link from 'next/link';
import type { EventCard } from '../../server/events/event-view';
import type { StreamView } from '../../server/streams/stream-view';
import { Avatar } from '../_ui/avatar';
import { Board } from '../_ui/board';
import { ButtonLink } from '../_ui/button-link';
import { EventTitle } from '../_ui/event-title';
import { Ground } from '../_ui/ground';
import { audienceWords } from '../_ui/listening-words';
import { LiveChip } from '../_ui/live-chip';
import { LocalTime } from '../_ui/local-time';
import { firstName, voiceWords } from '../_ui/voice-words';

const voicesShown = 3;

function listenLink(event: EventCard, stream: StreamView): string {
  return `/event/${event.id}?stream=${stream.id}`;
}

function byListeners(streams: StreamView[]): StreamView[] {
  return [...streams].sort((one, other) => other.viewers - one.viewers);
}

/** `4,812 listening in 4 languages`; before the first listener `On air in 4 languages`. */
function audienceLine(event: EventCard): string {
  const languages = new Set(event.onAir.map((stream) => stream.language)).size;
  const audience = audienceWords(event.viewers);
  return languages > 1 ? `${audience} in ${languages} languages` : audience;
}

function StateLine({ event }: { event: EventCard }) {
  if (event.onAir.length > 0) {
    return (
      <>
        <LiveChip />
        <span className="tabular-nums">{audienceLine(event)}</span>
      </>
    );
  }
  if (event.runningNow) {
    return <span>Playing now. Nobody is calling it yet.</span>;
  }
  return event.startsAt === null ? (
    <span>Coming up</span>
  ) : (
    <span>
      Starts <LocalTime date={event.startsAt} show="day-and-time" />
    </span>
  );
}

function OtherVoices({ event, voices }: { event: EventCard; voices: StreamView[] }) {
  const shown = voices.slice(0, voicesShown);
  const more = voices.length - shown.length;
  return (
    <ul aria-label="Other voices" className="flex flex-wrap gap-2">
      {shown.map((stream) => (
        <li key={stream.id}>
          <Link
            href={listenLink(event, stream)}
            className="flex items-center gap-2.5 rounded-row bg-[#f7f4e31c] py-1.5 pr-3.5 pl-1.5 text-small hover:bg-[#f7f4e333]"
          >
            <Avatar person={stream.owner} size={36} />
            <span>
              <span className="block font-semibold">{stream.name}</span>
              {voiceWords(stream)}
            </span>
          </Link>
        </li>
      ))}
      {more > 0 && (
        <li>
          <Link
            href={`/event/${event.id}`}
            className="flex h-12 items-center rounded-row bg-[#f7f4e31c] px-3.5 font-semibold hover:bg-[#f7f4e333]"
          >
            {more} more
          </Link>
        </li>
      )}
    </ul>
  );
}

/** The match of the moment, on its ground: one voice to press, the others beside it. */
export function Hero({ event }: { event: EventCard }) {
  const [first, ...others] = byListeners(event.onAir);
  return (
    <section
      aria-labelledby="hero-name"
      className="relative mx-3 overflow-hidden rounded-[20px] text-chalk sm:mx-5"
      // Controls on the ground are made of chalk, by day as by night.
      style={{ '--text': 'var(--chalk)', '--raised': '#f7f4e31c', '--line': '#f7f4e333' }}
    >
      <Ground
        light={first === undefined && !event.runningNow ? 'day' : 'night'}
        className="absolute inset-0 size-full"
      />
      <div className="absolute inset-0 bg-linear-to-t from-[#06130ef5] from-40% to-[#06130e66] lg:bg-linear-to-r lg:from-[#06130ef5] lg:from-0% lg:via-[#06130ed9] lg:via-30% lg:to-[#06130e00] lg:to-60%" />
      <div className="relative flex min-h-[420px] flex-col gap-8 p-5 sm:p-10 lg:min-h-[500px] lg:flex-row lg:items-start lg:justify-between">
        <div className="flex max-w-2xl flex-col items-start gap-5">
          <p className="flex min-h-6 flex-wrap items-center gap-3 text-[#d9e6dc]">
            <StateLine event={event} />
          </p>
          <h1 id="hero-name" className="text-hero-phone lg:text-hero">
            <Link href={`/event/${event.id}`}>
              <EventTitle name={event.name} />
            </Link>
          </h1>
          <p className="line-clamp-3 max-w-xl text-[18px] leading-[26px] text-[#d9e6dc]">
            {event.description || 'Pick a voice and turn the telly down.'}
          </p>
          {first === undefined ? (
            <div className="flex flex-wrap gap-3">
              <ButtonLink look="lamp" size="large" href={`/event/${event.id}/go-live`}>
                <IconMicrophone size={24} aria-hidden />
                Call this match
              </ButtonLink>
              <ButtonLink size="large" href={`/event/${event.id}`}>
                To the ground
              </ButtonLink>
            </div>
          ) : (
            <ButtonLink look="lamp" size="large" href={listenLink(event, first)}>
              <IconPlayerPlayFilled size={24} aria-hidden />
              {first.kind === 'video' ? 'Watch' : 'Listen'} with {firstName(first)}
            </ButtonLink>
          )}
          {others.length > 0 && <OtherVoices event={event} voices={others} />}
        </div>
        <Board event={event} className="hidden w-[440px] shrink-0 shadow-board sm:block" />
      </div>
    </section>
  );
}
