import type { EventView } from '../events/event-view';
import type { StreamView } from '../streams/stream-view';
import { eventJsonLd, serializeJsonLd } from './json-ld';
import { eventPicture, pictureVersion } from './share-picture';
import { languageName, oneLine, startWords } from './share-words';
import type { PageShare } from './stream-share';

/**
 * How an event presents itself when its link is shared.
 *
 * @param onAir the streams of the event that are on air
 * @param publicUrl the configured public address without a trailing slash, never a request's Host
 */
export function eventShare(
  event: EventView,
  onAir: StreamView[],
  publicUrl: string,
  now: Date = new Date(),
): PageShare {
  const canonicalUrl = `${publicUrl}/event/${event.id}`;
  const version = pictureVersion(eventPicture(event, onAir, now));
  const imageUrl = `${publicUrl}/share/event/${event.id}.jpg?v=${version}`;
  const [first] = onAir;
  const embedUrl = first === undefined ? null : `${publicUrl}/embed/${first.id}`;
  const isOver = onAir.length === 0 && !event.runningNow && event.endsAt !== null && event.endsAt < now;
  const description = oneLine(event.description) || ownWords(event, onAir, isOver);
  const page = { canonicalUrl, embedUrl, imageUrl };
  return {
    ...page,
    title: event.name,
    description,
    oembedUrl: `${publicUrl}/oembed?url=${encodeURIComponent(canonicalUrl)}`,
    jsonLd: serializeJsonLd(eventJsonLd(event, onAir, page, { title: event.name, description }, publicUrl, isOver)),
  };
}

function ownWords(event: EventView, onAir: StreamView[], isOver: boolean): string {
  if (onAir.length > 0) {
    const languages = [...new Set(onAir.map((stream) => languageName(stream.language)))].join(', ');
    return oneLine(`${event.name}, called live in ${languages}. Pick a voice, chat and share.`);
  }
  if (isOver) {
    return oneLine(`${event.name}. Listen again.`);
  }
  return oneLine(
    event.startsAt === null ? `${event.name}, called live.` : `${event.name}, called live. ${startWords(event)}.`,
  );
}
