'use client';

import { memo } from 'react';
import type { ChatLine } from '../../server/realtime/messages';
import type { PersonView } from '../../server/users/person-view';
import { timeOfDay } from '../_ui/day-words';
import { Initials } from '../_ui/initials';
import type { OutgoingLine } from './use-outbox';

const rowStyle = 'grid grid-cols-[28px_1fr] gap-x-2.5 py-1.5';
const textStyle = 'text-[15px] leading-[21px] wrap-anywhere whitespace-pre-wrap sm:text-body';

/** One line of the log. Its text is text: nothing in it is ever read as HTML. */
export const ChatLineRow = memo(function ChatLineRow({ line, zone }: { line: ChatLine; zone: string }) {
  return (
    <li className={rowStyle} data-sequence={line.sequence}>
      <Initials person={line.author} />
      <div className="min-w-0">
        <span className="text-[13px] font-semibold wrap-anywhere">{line.author.name}</span>{' '}
        <time
          dateTime={new Date(line.happenedAtMs).toISOString()}
          className="text-small text-text-3"
          suppressHydrationWarning
        >
          {timeOfDay(new Date(line.happenedAtMs), zone)}
        </time>
        <p className={textStyle} dir="auto">
          {line.text}
        </p>
      </div>
    </li>
  );
});

type OutgoingLineRowProps = {
  line: OutgoingLine;
  author: PersonView;
  onRetry: (clientMessageId: string) => void;
  onDiscard: (clientMessageId: string) => void;
};

const lineAction = 'h-10 rounded-button px-2.5 font-semibold text-text underline pointer-coarse:h-11';

/** One's own line on its way, or with what went wrong. */
export function OutgoingLineRow({ line, author, onRetry, onDiscard }: OutgoingLineRowProps) {
  return (
    <li className={rowStyle}>
      <Initials person={author} />
      <div className="min-w-0">
        <span className="text-[13px] font-semibold wrap-anywhere">{author.name}</span>{' '}
        <span className="text-small text-text-3">{line.status === 'sending' ? 'Sending' : ''}</span>
        <p className={`${textStyle} text-text-2`} dir="auto">
          {line.text}
        </p>
        {line.status === 'failed' && (
          <p role="alert" className="flex flex-wrap items-center text-small text-live">
            Not sent. {line.why}
            <button type="button" className={lineAction} onClick={() => onRetry(line.clientMessageId)}>
              Try again
            </button>
            <button type="button" className={lineAction} onClick={() => onDiscard(line.clientMessageId)}>
              Leave it
            </button>
          </p>
        )}
      </div>
    </li>
  );
}
