'use client';

import clsx from 'clsx';
import type { EventView } from '../../server/events/event-view';
import { useTimeZone } from '../_client/time-zone';
import { dayWord, timeOfDay } from './day-words';
import { teamNames } from './team-names';
import { Tile, TileRow } from './tile';

type BoardProps = {
  event: Pick<EventView, 'name' | 'startsAt'>;
  /** the event page's board is its region "Score"; elsewhere it is a picture with a sentence */
  isRegion?: boolean;
  /** what stands at its foot */
  emptyWords?: string;
  className?: string;
};

function TeamLine({ name }: { name: string }) {
  return (
    <span className="flex items-center gap-3">
      <span className="min-w-0 grow truncate pt-0.5 font-display text-[17px] leading-5 font-bold tracking-[0.08em] uppercase">
        {name}
      </span>
      <span className="inline-flex gap-[3px]">
        <Tile digit={null} size="small" />
        <Tile digit={null} size="small" />
        <Tile digit={null} size="small" />
      </span>
    </span>
  );
}

/** The tin scoreboard. Until an event has a scorer it shows who plays and when, on closed tiles. */
export function Board({ event, isRegion = false, emptyWords = 'No scorer yet', className }: BoardProps) {
  const zone = useTimeZone();
  const teams = teamNames(event.name);
  const { startsAt } = event;
  const day = startsAt === null ? null : dayWord(startsAt, new Date(), zone);
  const start = startsAt === null ? null : timeOfDay(startsAt, zone);
  const sentence = `${event.name}${start === null ? '' : `, ${day} at ${start}`}. ${emptyWords}.`;
  return (
    <div
      {...(isRegion ? { role: 'region', 'aria-label': 'Score' } : {})}
      className={clsx('overflow-hidden rounded-button bg-board text-chalk', className)}
    >
      <p className="sr-only" suppressHydrationWarning>
        {sentence}
      </p>
      <div aria-hidden="true" className="flex flex-col gap-2.5 px-4 pt-4 pb-3 sm:px-5">
        {teams === null ? (
          <span className="line-clamp-2 pt-0.5 font-display text-section">{event.name}</span>
        ) : (
          teams.map((name) => <TeamLine key={name} name={name} />)
        )}
      </div>
      <div
        aria-hidden="true"
        className="flex min-h-12 items-center gap-3 border-t-2 border-board-rim bg-board-2 px-4 text-small text-board-dim sm:px-5"
        suppressHydrationWarning
      >
        <span>{emptyWords}</span>
        <span className="grow" />
        {start !== null && (
          <>
            <span suppressHydrationWarning>{day}</span>
            <TileRow text={start} size="small" />
          </>
        )}
      </div>
    </div>
  );
}
