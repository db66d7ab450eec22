import { IconMicrophone } from '@tabler/icons-react';
import clsx from 'clsx';
import type { EventView } from '../../../server/events/event-view';
import { ButtonLink } from '../../_ui/button-link';
import { LocalTime } from '../../_ui/local-time';

function WhenWords({ event }: { event: EventView }) {
  const { runningNow, startsAt, endsAt } = event;
  const now = new Date();
  if (runningNow) {
    return 'Playing now';
  }
  if (endsAt !== null && endsAt < now) {
    return (
      <>
        Ended <LocalTime date={endsAt} show="day-and-time" />
      </>
    );
  }
  if (startsAt === null) {
    return 'No time set yet';
  }
  return (
    <>
      {startsAt < now ? 'Started' : 'Starts'} <LocalTime date={startsAt} show="day-and-time" />
    </>
  );
}

/** On a phone, in the place of the dock while there is nothing to play: when it is on, and the way to be its first voice. */
export function CallInvitation({ event, className }: { event: EventView; className: string | undefined }) {
  return (
    <div className={clsx('flex flex-col items-center justify-center gap-4 px-5', className)}>
      <p className="font-display text-section" suppressHydrationWarning>
        <WhenWords event={event} />
      </p>
      <ButtonLink look="lamp" size="large" href={`/event/${event.id}/go-live`} className="w-full">
        <IconMicrophone size={24} aria-hidden />
        Call this match
      </ButtonLink>
    </div>
  );
}
