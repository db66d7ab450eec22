'use client';

import clsx from 'clsx';
import type { ReactNode } from 'react';
import { TileRow } from '../_ui/tile';
import { type BoardFigures, boardSentence } from './board-figures';

/** What is said when the scorer is not heard any more: in full, and where there is little room. */
export type StaleWords = { full: string; brief: string };

type ScoreBoardProps = {
  figures: BoardFigures;
  stale: StaleWords | null;
  /** counts wickets: the rim lights up once for each; 0 before the first */
  wicketNumber: number;
  className?: string;
};

/** As attributes of a `div`: the layout of the event page takes the sections of its stage apart. */
const region = { role: 'region', 'aria-label': 'Score' };

function tilesOf({ runs, wickets, isAllOut }: BoardFigures['batting']): string {
  return wickets === null || isAllOut ? runs : `${runs}/${wickets}`;
}

function PlayerLine({ name, figures, detail }: { name: string; figures: string; detail: string }) {
  return (
    <span className="flex items-baseline gap-1.5 font-display text-[15px] leading-6 font-semibold @min-[480px]:gap-2 @min-[480px]:text-[17px]">
      <span className="min-w-0 grow truncate">{name}</span>
      <b className="shrink-0 font-bold tabular-nums">{figures}</b>
      <span className="shrink-0 font-body text-small font-medium text-board-dim tabular-nums @min-[480px]:min-w-6">
        {detail}
      </span>
    </span>
  );
}

function Rate({ word, value }: { word: string; value: string | null }) {
  return (
    value !== null && (
      <span className="whitespace-nowrap">
        {word} <b className="font-semibold text-chalk tabular-nums">{value}</b>
      </span>
    )
  );
}

function Cell({ children, className }: { children: ReactNode; className?: string }) {
  return <div className={clsx('flex min-w-0 flex-col px-3 @min-[480px]:px-5', className)}>{children}</div>;
}

function Batting({ batting }: Pick<BoardFigures, 'batting'>) {
  return (
    <Cell className="gap-2 border-r-2 border-board-rim py-3 @min-[480px]:py-4">
      <span className="flex items-baseline gap-2">
        <span className="min-w-0 truncate pt-0.5 font-display text-[17px] leading-5 font-bold tracking-[0.08em] text-lamp uppercase">
          {batting.name}
        </span>
        {batting.before !== null && <span className="shrink-0 text-small text-board-dim">{batting.before} and</span>}
        <span className="grow" />
        {batting.overs !== null && (
          <span className="shrink-0 text-small whitespace-nowrap text-board-dim tabular-nums">
            <span className="@min-[480px]:hidden">{batting.overs} </span>
            <span className="@min-[480px]:uppercase">overs</span>
          </span>
        )}
      </span>
      <span className="flex items-center justify-between gap-2">
        <span className="flex items-end gap-2">
          <TileRow text={tilesOf(batting)} />
          {batting.isAllOut && <span className="text-small text-board-dim">all out</span>}
        </span>
        {batting.overs !== null && (
          <span className="hidden @min-[480px]:inline-flex">
            <TileRow text={batting.overs} size="small" />
          </span>
        )}
      </span>
    </Cell>
  );
}

function Chase({ figures }: { figures: BoardFigures }) {
  const { bowling, chase } = figures;
  return (
    <Cell className="gap-1 py-3 @min-[480px]:py-4">
      <span className="flex flex-wrap items-baseline gap-x-2 @min-[480px]:flex-nowrap">
        <span className="min-w-0 grow truncate pt-0.5 font-display text-[17px] leading-5 font-bold tracking-[0.08em] uppercase">
          {bowling.name}
        </span>
        {bowling.total !== null && (
          <span className="shrink-0 text-small whitespace-nowrap text-board-dim tabular-nums">{bowling.total}</span>
        )}
      </span>
      {chase !== null && (
        <span className="pt-1.5 font-display text-[26px] leading-7 font-bold whitespace-nowrap tabular-nums">
          {chase.runs}{' '}
          <span className="text-[15px] font-medium">
            <span className="hidden @min-[480px]:inline">needed </span>off
          </span>{' '}
          {chase.balls}
        </span>
      )}
      <span className="flex flex-wrap gap-x-3 text-small text-board-dim">
        <Rate word="Run rate" value={figures.runRate} />
        <Rate word="Required" value={figures.requiredRate} />
      </span>
    </Cell>
  );
}

/** The tin scoreboard with its figures: region "Score". One sentence says it to readers; the tiles are a picture. */
export function ScoreBoard({ figures, stale, wicketNumber, className }: ScoreBoardProps) {
  const { batsmen, bowlers, status, isOver } = figures;
  return (
    <div
      {...region}
      className={clsx('@container relative overflow-hidden rounded-button bg-board text-chalk', className)}
    >
      <p className="sr-only">{boardSentence(figures)}</p>
      <div aria-hidden="true">
        <div className="grid grid-cols-[minmax(0,1.25fr)_minmax(0,1fr)]">
          <Batting batting={figures.batting} />
          <Chase figures={figures} />
        </div>
        {batsmen.length + bowlers.length > 0 && (
          <div className="grid grid-cols-2 border-t-2 border-board-rim @min-[480px]:grid-cols-[minmax(0,1.25fr)_minmax(0,1fr)]">
            <Cell className="border-r-2 border-board-rim py-2">
              {batsmen.map(({ name, runs, balls }) => (
                <PlayerLine key={name} name={name} figures={isOver ? runs : `${runs}*`} detail={balls} />
              ))}
            </Cell>
            <Cell className="py-2">
              {bowlers.map((bowler) => (
                <PlayerLine key={bowler.name} name={bowler.name} figures={bowler.figures} detail={bowler.overs} />
              ))}
            </Cell>
          </div>
        )}
        {(status !== '' || stale !== null) && (
          <div className="flex min-h-10 flex-wrap items-center justify-between gap-x-4 border-t-2 border-board-rim bg-board-2 px-3 py-2 text-small @min-[480px]:px-5">
            <span className="min-w-0 wrap-anywhere">{status}</span>
            <span className="text-board-dim">{stale?.full}</span>
          </div>
        )}
      </div>
      {stale !== null && <p className="sr-only">{stale.full}</p>}
      <WicketRim wicketNumber={wicketNumber} />
    </div>
  );
}

/** Red goes over the rim once, and nothing where motion is not wanted: the words are read out all the same. */
function WicketRim({ wicketNumber }: { wicketNumber: number }) {
  return (
    wicketNumber > 0 && (
      <span
        key={wicketNumber}
        aria-hidden="true"
        className="pointer-events-none absolute inset-0 animate-sweep rounded-button inset-ring-4 inset-ring-live-fill motion-reduce:hidden"
      />
    )
  );
}

/** The board in one strip, where there is no room for all of it. */
export function ScoreStrip({ figures, stale, wicketNumber, className }: ScoreBoardProps) {
  const { batting, chase, isOver, status } = figures;
  return (
    <div {...region} className={clsx('relative flex h-14 items-center gap-3 bg-board px-3 text-chalk', className)}>
      <p className="sr-only">{boardSentence(figures)}</p>
      <span aria-hidden="true" className="flex min-w-0 grow items-center gap-2.5">
        <TileRow text={tilesOf(batting)} size="small" />
        <span className="flex min-w-0 flex-col">
          <span className="truncate pt-0.5 font-display text-[14px] leading-4 font-bold tracking-[0.08em] text-lamp uppercase">
            {batting.name}
          </span>
          {batting.overs !== null && (
            <span className="text-small whitespace-nowrap text-board-dim tabular-nums">{batting.overs} overs</span>
          )}
        </span>
      </span>
      <span aria-hidden="true" className="flex max-w-[50%] min-w-0 flex-col text-right">
        {chase !== null && (
          <span className="font-display text-[20px] leading-6 font-bold whitespace-nowrap tabular-nums">
            {chase.runs} <span className="text-[14px] font-medium">off</span> {chase.balls}
          </span>
        )}
        {(chase === null || isOver) && (
          <span className={clsx('text-small', stale === null ? 'line-clamp-2' : 'truncate')}>{status}</span>
        )}
        {stale !== null && <span className="text-small whitespace-nowrap text-board-dim">{stale.brief}</span>}
      </span>
      {stale !== null && <p className="sr-only">{stale.full}</p>}
      <WicketRim wicketNumber={wicketNumber} />
    </div>
  );
}
