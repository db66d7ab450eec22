import type { StreamView } from '../streams/stream-view';
import type { PersonView } from '../users/person-view';

/** An event as one reader sees it. */
export type EventView = {
  id: string;
  name: string;
  description: string;
  startsAt: Date | null;
  endsAt: Date | null;
  /** set by the owner: the match is being played */
  runningNow: boolean;
  matchId: string;
  matchUrl: string;
  createdAt: Date;
  owner: PersonView;
  /** whether the reader may edit it */
  canEdit: boolean;
};

/** An event with what is on air. */
export type EventCard = EventView & { onAir: StreamView[]; viewers: number };

export type EventLists = {
  /** something is on air, or the owner says that it is running */
  live: EventCard[];
  /** soonest first */
  upcoming: EventCard[];
  /** latest first */
  past: EventCard[];
};
