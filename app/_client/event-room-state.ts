import type { EventView } from '../../server/events/event-view';
import type { ChatLine, Counts } from '../../server/realtime/messages';
import type { ScoreNow } from '../../server/score/score-view';
import type { StreamView } from '../../server/streams/stream-view';

/** What a page knows of an event's room. */
export type EventRoomState = {
  event: EventView;
  streams: StreamView[];
  counts: Counts;
  /** ascending by sequence, without a gap */
  messages: ChatLine[];
  /** the sequence of the last line that was taken in */
  lastSequence: number;
  /** changes ascending by sequence, without a gap, up to the newest */
  score: ScoreNow;
  connection: 'connecting' | 'connected' | 'reconnecting';
};

/** The most lines that a page keeps; older ones are asked for again when someone scrolls up. */
const linesKeptMax = 2_000;
/** The same for scores: an hour of a fast match. */
const scoresKeptMax = 400;

/** Before anything is known. */
export const noScore: ScoreNow = { changes: [], feed: { isStale: false, fetchedAtMs: null, fault: null } };

type Joined = {
  event: EventView;
  streams: StreamView[];
  counts: Counts;
  messages: ChatLine[];
  lastSequence: number;
  score: ScoreNow;
};

export type RoomNews =
  | { kind: 'joined'; joined: Joined }
  | { kind: 'event'; event: EventView }
  | { kind: 'streams'; streams: StreamView[] }
  | { kind: 'counts'; counts: Counts }
  | { kind: 'lines'; messages: ChatLine[] }
  | { kind: 'earlier-lines'; messages: ChatLine[] }
  | { kind: 'score'; score: ScoreNow }
  | { kind: 'connection-lost' };

/** Whether `messages` can be put after `lastSequence` without leaving out a line. */
export function leavesGap(lastSequence: number, messages: ChatLine[]): boolean {
  const firstNew = messages.find((line) => line.sequence > lastSequence);
  return firstNew !== undefined && firstNew.sequence !== lastSequence + 1;
}

function append(state: EventRoomState, incoming: ChatLine[]): EventRoomState {
  const fresh = incoming.filter((line) => line.sequence > state.lastSequence);
  const last = fresh.at(-1);
  if (last === undefined) {
    return state;
  }
  return { ...state, messages: [...state.messages, ...fresh].slice(-linesKeptMax), lastSequence: last.sequence };
}

function join(state: EventRoomState, joined: Joined): EventRoomState {
  const { event, streams, counts, messages, lastSequence } = joined;
  const score = scoreAfter(state.score, joined.score);
  const base = { ...state, event, streams, counts, score, connection: 'connected' as const };
  if (leavesGap(state.lastSequence, messages) || state.messages.length === 0) {
    // so far behind that the list starts anew
    return { ...base, messages, lastSequence };
  }
  return append(base, messages);
}

function prepend(state: EventRoomState, earlier: ChatLine[]): EventRoomState {
  const first = state.messages[0]?.sequence ?? Number.POSITIVE_INFINITY;
  const fresh = earlier.filter((line) => line.sequence < first);
  return fresh.length === 0 ? state : { ...state, messages: [...fresh, ...state.messages] };
}

/** Changes that do not follow those that are here begin the list anew. */
function scoreAfter(known: ScoreNow, { changes, feed }: ScoreNow): ScoreNow {
  const last = known.changes.at(-1)?.sequence ?? 0;
  const fresh = changes.filter((change) => change.sequence > last);
  const follows = fresh[0] === undefined || fresh[0].sequence === last + 1;
  return { changes: (follows ? [...known.changes, ...fresh] : changes).slice(-scoresKeptMax), feed };
}

/** The room after a piece of news. Lines that would leave a gap are not taken in: the caller asks for what is missing. */
export function roomAfter(state: EventRoomState, news: RoomNews): EventRoomState {
  switch (news.kind) {
    case 'joined':
      return join(state, news.joined);
    case 'event':
      // the room is told one view for all: what this reader may do is this page's own knowledge
      return { ...state, event: { ...news.event, canEdit: state.event.canEdit } };
    case 'streams':
      return { ...state, streams: news.streams };
    case 'counts':
      return { ...state, counts: news.counts };
    case 'lines':
      return leavesGap(state.lastSequence, news.messages) ? state : append(state, news.messages);
    case 'earlier-lines':
      return prepend(state, news.messages);
    case 'score':
      return { ...state, score: scoreAfter(state.score, news.score) };
    case 'connection-lost':
      return state.connection === 'connected' ? { ...state, connection: 'reconnecting' } : state;
  }
}
