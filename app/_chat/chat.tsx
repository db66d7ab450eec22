'use client';

import { IconArrowDown, IconLock, IconMessageCircle } from '@tabler/icons-react';
import { useState } from 'react';
import type { PersonView } from '../../server/users/person-view';
import { useServerClock } from '../_client/socket';
import { useTimeZone } from '../_client/time-zone';
import { useTRPCClient } from '../_client/trpc';
import type { EventRoom } from '../_client/use-event-room';
import { ButtonLink } from '../_ui/button-link';
import { ChatLineRow, OutgoingLineRow } from './chat-line-row';
import { Composer } from './composer';
import { visibleLines } from './released-lines';
import { useCalmAnnouncing } from './use-calm-announcing';
import { useOutbox } from './use-outbox';
import { useStuckScroll } from './use-stuck-scroll';

type ChatProps = {
  room: EventRoom;
  me: PersonView | null;
  /** the stream that plays, if any */
  streamId: string | null;
  /** the playhead on the event clock, unix ms; `null` while nothing plays */
  playheadMs: number | null;
  /** a host reads everything as it is written: the people who write are behind the host, never ahead */
  reader?: 'fan' | 'host';
  signInPath: string;
  className?: string;
};

const historyLines = 50;

const hints = {
  held: { what: 'Held to your playhead.', why: 'No spoilers here.' },
  open: { what: 'As it is written.', why: 'Play, and it waits for you.' },
  host: { what: 'You read it live.', why: 'Fans see each line at their own playhead.' },
};

function HintRow({ kind }: { kind: keyof typeof hints }) {
  const Icon = kind === 'held' ? IconLock : IconMessageCircle;
  return (
    <p className="flex items-center gap-2.5 bg-raised px-4 py-2.5 text-[13px] leading-[18px]">
      <Icon size={18} aria-hidden className="shrink-0" />
      <span>
        <b className="font-semibold">{hints[kind].what}</b> <span className="text-text-2">{hints[kind].why}</span>
      </span>
    </p>
  );
}

function connectionWords(connection: EventRoom['connection']): string | null {
  return connection === 'reconnecting' ? 'Finding the line again. What you write is kept.' : null;
}

/** The chat of an event, held to the viewer's playhead. */
export function Chat({ room, me, streamId, playheadMs, reader = 'fan', signInPath, className }: ChatProps) {
  const zone = useTimeZone();
  const clock = useServerClock();
  const client = useTRPCClient();
  const outbox = useOutbox(room.event.id, room.messages);
  const lines = visibleLines(room.messages, playheadMs, me?.id ?? null);
  const count = lines.length + outbox.lines.length;
  const lastKey = outbox.lines.at(-1)?.clientMessageId ?? lines.at(-1)?.clientMessageId;
  const { scroller, onScroll, unseen, toFoot } = useStuckScroll(count, lines[0]?.id, lastKey);
  const [askingEarlier, setAskingEarlier] = useState(false);
  const first = room.messages[0];
  const isWhole = first === undefined || first.sequence === 1;
  const announcing = useCalmAnnouncing(lines);
  const trouble = connectionWords(room.connection);

  const showEarlier = async () => {
    if (first === undefined) {
      return;
    }
    setAskingEarlier(true);
    const earlier = await client.chat.history
      .query({ eventId: room.event.id, beforeSequence: first.sequence, limit: historyLines })
      .catch(() => []);
    room.addEarlierLines(earlier);
    setAskingEarlier(false);
  };

  return (
    <section
      aria-label="Chat"
      className={`flex min-h-0 flex-col overflow-hidden rounded-panel bg-surface ${className ?? ''}`}
    >
      <h2 className="px-4 pt-4 pb-3 text-section max-sm:sr-only">Chat</h2>
      <HintRow kind={reader === 'host' ? 'host' : playheadMs === null ? 'open' : 'held'} />
      <div className="relative flex min-h-0 grow flex-col">
        <div
          ref={scroller}
          onScroll={onScroll}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to be reachable by keyboard
          tabIndex={0}
          className="min-h-0 grow overflow-y-auto overscroll-contain px-4 py-2.5 -outline-offset-3"
        >
          <div className="flex min-h-full flex-col justify-end">
            {!isWhole && (
              <button
                type="button"
                disabled={askingEarlier}
                onClick={() => void showEarlier()}
                className="mx-auto mb-2 h-10 rounded-full px-4 text-[13px] font-medium text-text-2 inset-ring inset-ring-text-3 pointer-coarse:h-11"
              >
                Earlier lines
              </button>
            )}
            {count === 0 && (
              <p className="m-auto py-8 text-center text-text-2">
                <span className="block font-display text-section text-text">Say the first word</span>
                The ground is quiet so far.
              </p>
            )}
            <div role="log" aria-label="Messages" aria-live={announcing.live}>
              <ol>
                {lines.map((line) => (
                  <ChatLineRow key={line.id} line={line} zone={zone} />
                ))}
                {me !== null &&
                  outbox.lines.map((line) => (
                    <OutgoingLineRow
                      key={line.clientMessageId}
                      line={line}
                      author={me}
                      onRetry={outbox.retry}
                      onDiscard={outbox.discard}
                    />
                  ))}
              </ol>
            </div>
          </div>
        </div>
        {unseen > 0 && (
          <button
            type="button"
            onClick={toFoot}
            className="absolute bottom-2 left-1/2 flex h-10 -translate-x-1/2 animate-rise items-center gap-1.5 rounded-full bg-text px-4 text-[13px] font-semibold text-bg pointer-coarse:h-11"
          >
            <IconArrowDown size={16} aria-hidden />
            {unseen} new
          </button>
        )}
      </div>
      <p aria-live="polite" className="sr-only">
        {announcing.words}
      </p>
      <div className="flex flex-col gap-2 px-4 pt-2 pb-4 max-sm:pb-[max(1rem,env(safe-area-inset-bottom))]">
        <p role="status" className="text-small text-text-2 empty:hidden">
          {trouble}
        </p>
        {me === null ? (
          <ButtonLink href={signInPath} className="w-full">
            Sign in to chat
          </ButtonLink>
        ) : (
          <Composer
            onSend={(text) => {
              outbox.send({ text, streamId, happenedAtMs: Math.round(playheadMs ?? clock?.nowMs() ?? Date.now()) });
              toFoot();
            }}
          />
        )}
      </div>
    </section>
  );
}
