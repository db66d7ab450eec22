import type { StreamView } from '../../../server/streams/stream-view';
import { isOnAir } from '../../../stream-node/contract/stream-state';

/** Whose language comes first, then who is heard by most, then who has been on air longest. */
function byPreference(language: string) {
  const isMine = (stream: StreamView) => (stream.language.split('-')[0] === language.split('-')[0] ? 1 : 0);
  return (one: StreamView, other: StreamView) =>
    isMine(other) - isMine(one) ||
    other.viewers - one.viewers ||
    one.createdAt.getTime() - other.createdAt.getTime() ||
    one.id.localeCompare(other.id);
}

/**
 * The stream that an event page opens with: the one its address asks for, even when it is gone (the player says so), else
 * the first on air in the reader's language, else the newest recording; `null` when there is nothing to hear.
 */
export function chooseStream(streams: StreamView[], asked: string | undefined, language: string): string | null {
  if (asked !== undefined) {
    return asked;
  }
  const [first] = streams.filter((stream) => isOnAir(stream.state)).sort(byPreference(language));
  if (first !== undefined) {
    return first.id;
  }
  const recordings = streams.filter((stream) => stream.hasRecording);
  return recordings.at(-1)?.id ?? null;
}

/**
 * The voices on air in an order that holds: known ones keep their place whoever comes, goes or gains listeners, so that
 * nothing moves under a finger; new ones are put at the end.
 *
 * @param order the ids as last shown
 */
export function keepOrder(order: string[], streams: StreamView[], language: string): StreamView[] {
  const place = new Map(order.map((id, index) => [id, index]));
  const known = streams.filter((stream) => place.has(stream.id));
  const fresh = streams.filter((stream) => !place.has(stream.id));
  return [
    ...known.sort((one, other) => (place.get(one.id) ?? 0) - (place.get(other.id) ?? 0)),
    ...fresh.sort(byPreference(language)),
  ];
}
