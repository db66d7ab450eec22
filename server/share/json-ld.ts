import type { AudioObject, BroadcastEvent, Person, VideoObject, WithContext } from 'schema-dts';
import type { EventView } from '../events/event-view';
import type { StreamView } from '../streams/stream-view';
import { oneLine } from './share-words';

export type PageAddresses = { canonicalUrl: string; embedUrl: string | null; imageUrl: string };

/**
 * JSON for a `<script type="application/ld+json">`: in a script nothing but `</script` and `<!--` is markup, and without
 * `<` there is neither. The two line separators are for readers that take JSON for JavaScript.
 */
export function serializeJsonLd(value: object): string {
  return JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('>', '\\u003e')
    .replaceAll('&', '\\u0026')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}

const iso = (date: Date) => date.toISOString();

function person(view: { id: string; name: string }, publicUrl: string): Person {
  return { '@type': 'Person', name: view.name, url: `${publicUrl}/user/${view.id}` };
}

/** ISO 8601, whole seconds. */
const duration = (seconds: number) => `PT${Math.round(seconds)}S`;

type Media = { [Key in 'video' | 'audio']: Key extends 'video' ? VideoObject : AudioObject }['video' | 'audio'];

/**
 * A stream as media with its broadcast: what Google's LIVE badge asks for. `isLiveBroadcast` stays true afterwards (the
 * media is of a live broadcast); that it is over is said by `endDate`.
 */
export function streamJsonLd(
  stream: StreamView,
  event: EventView,
  page: PageAddresses,
  words: { title: string; description: string },
  publicUrl: string,
): WithContext<VideoObject> | WithContext<AudioObject> {
  const startedAt = stream.startedAt ?? event.startsAt ?? stream.createdAt;
  const isOver = stream.endedAt !== null;
  const broadcast: BroadcastEvent = {
    '@type': 'BroadcastEvent',
    name: words.title,
    isLiveBroadcast: true,
    startDate: iso(startedAt),
    ...(stream.endedAt === null ? {} : { endDate: iso(stream.endedAt) }),
    url: page.canonicalUrl,
  };
  const media = {
    '@context': 'https://schema.org',
    name: words.title,
    description: words.description,
    thumbnailUrl: page.imageUrl,
    uploadDate: iso(stream.startedAt ?? stream.createdAt),
    url: page.canonicalUrl,
    inLanguage: stream.language,
    creator: person(stream.owner, publicUrl),
    isAccessibleForFree: true,
    publication: broadcast,
    ...(page.embedUrl === null ? {} : { embedUrl: page.embedUrl }),
    ...(stream.playback === null ? {} : { contentUrl: isOver ? stream.playback.recording : stream.playback.hls }),
    ...(isOver && stream.hasRecording ? { duration: duration(stream.recordingSeconds) } : {}),
  } as const;
  return stream.kind === 'video' ? { ...media, '@type': 'VideoObject' } : { ...media, '@type': 'AudioObject' };
}

/** An event as a broadcast of all its voices. @param onAir the streams on air */
export function eventJsonLd(
  event: EventView,
  onAir: StreamView[],
  page: PageAddresses,
  words: { title: string; description: string },
  publicUrl: string,
  isOver: boolean,
): WithContext<BroadcastEvent> {
  const voices: Media[] = onAir.map((stream) => {
    const media = {
      name: stream.name,
      description: oneLine(stream.description) || words.description,
      inLanguage: stream.language,
      url: `${publicUrl}/watch/${stream.id}`,
      embedUrl: `${publicUrl}/embed/${stream.id}`,
      thumbnailUrl: page.imageUrl,
      uploadDate: iso(stream.startedAt ?? stream.createdAt),
      creator: person(stream.owner, publicUrl),
    } as const;
    return stream.kind === 'video' ? { ...media, '@type': 'VideoObject' } : { ...media, '@type': 'AudioObject' };
  });
  return {
    '@context': 'https://schema.org',
    '@type': 'BroadcastEvent',
    name: event.name,
    description: words.description,
    isLiveBroadcast: true,
    eventAttendanceMode: 'https://schema.org/OnlineEventAttendanceMode',
    eventStatus: 'https://schema.org/EventScheduled',
    location: { '@type': 'VirtualLocation', url: page.canonicalUrl },
    startDate: iso(event.startsAt ?? event.createdAt),
    ...(isOver && event.endsAt !== null ? { endDate: iso(event.endsAt) } : {}),
    url: page.canonicalUrl,
    image: page.imageUrl,
    organizer: person(event.owner, publicUrl),
    ...(voices.length === 0 ? {} : { workFeatured: voices }),
  };
}
