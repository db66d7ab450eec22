import { IconArrowLeft, IconPencil } from '@tabler/icons-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import type { EventView } from '../../../server/events/event-view';
import { ButtonLink } from '../../_ui/button-link';
import { buttonStyle } from '../../_ui/button-style';

/** The event's name and what can be done with it. On a phone it is the head of the page. */
export function EventHead({ event, children }: { event: EventView; children: ReactNode }) {
  return (
    <div className="flex min-h-13 items-center gap-1 px-1.5 sm:mb-2 sm:min-h-10 sm:gap-3 sm:px-0">
      <Link href="/" aria-label="Back to all matches" className={buttonStyle('quiet', 'icon', 'sm:hidden')}>
        <IconArrowLeft size={22} aria-hidden />
      </Link>
      <div className="flex min-w-0 grow items-baseline gap-3">
        <h1 className="line-clamp-2 pt-0.5 text-section sm:text-title">{event.name}</h1>
        <p className="hidden min-w-0 shrink truncate text-text-2 lg:block">{event.description}</p>
      </div>
      {event.canEdit && (
        <ButtonLink href={`/event/${event.id}/edit`} look="quiet" size="icon" aria-label="Edit this event">
          <IconPencil size={20} aria-hidden />
        </ButtonLink>
      )}
      {children}
    </div>
  );
}
