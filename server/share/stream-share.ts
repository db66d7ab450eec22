import { isOnAir } from '../../stream-node/contract/stream-state';
import type { EventView } from '../events/event-view';
import type { StreamView } from '../streams/stream-view';
import { type PageAddresses, serializeJsonLd, streamJsonLd } from './json-ld';
import { pictureVersion, streamPicture } from './share-picture';
import { languageName, oneLine } from './share-words';

/** What a page says of itself to those who link to it; every URL is absolute. */
export type PageShare = PageAddresses & {
  title: string;
  /** one line of at most 200 characters */
  description: string;
  /** for `<link rel="alternate" type="application/json+oembed">` */
  oembedUrl: string;
  /** safe as it is inside `<script type="application/ld+json">` */
  jsonLd: string;
};

/**
 * How a stream presents itself when its link is shared.
 *
 * @param publicUrl the configured public address without a trailing slash, never a request's Host
 */
export function streamShare(stream: StreamView, event: EventView, publicUrl: string): PageShare {
  const canonicalUrl = `${publicUrl}/watch/${stream.id}`;
  const embedUrl = `${publicUrl}/embed/${stream.id}`;
  const version = pictureVersion(streamPicture(stream, event));
  const imageUrl = `${publicUrl}/share/stream/${stream.id}.jpg?v=${version}`;
  const title = `${stream.name}: ${event.name}`;
  const description = oneLine(stream.description) || ownWords(stream, event);
  const page = { canonicalUrl, embedUrl, imageUrl };
  return {
    ...page,
    title,
    description,
    oembedUrl: `${publicUrl}/oembed?url=${encodeURIComponent(canonicalUrl)}`,
    jsonLd: serializeJsonLd(streamJsonLd(stream, event, page, { title, description }, publicUrl)),
  };
}

function ownWords(stream: StreamView, event: EventView): string {
  const who = `${stream.owner.name} calls ${event.name} (${languageName(stream.language)})`;
  if (stream.endedAt !== null) {
    return oneLine(stream.hasRecording ? `${who}. Listen again from the start.` : `${who}. This stream is over.`);
  }
  return oneLine(isOnAir(stream.state) ? `${who}, live. Listen, chat and share.` : `${who}, live soon.`);
}
