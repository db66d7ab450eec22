import type { Metadata } from 'next';
import type { PageShare } from '../../server/share/stream-share';

const imageSize = { width: 1200, height: 630 };
const playerSize = { width: 640, height: 360 };

/** X shows a player only from an https address. */
function xCard(share: PageShare): Metadata['twitter'] {
  const words = { title: share.title, description: share.description, images: [share.imageUrl] };
  if (share.embedUrl?.startsWith('https://')) {
    return {
      ...words,
      card: 'player',
      players: [{ playerUrl: share.embedUrl, streamUrl: share.embedUrl, ...playerSize }],
    };
  }
  return { ...words, card: 'summary_large_image' };
}

/** The head of a page whose link is shared: canonical address, OpenGraph, X card, oEmbed discovery. */
export function shareMetadata(share: PageShare): Metadata {
  const { title, description, canonicalUrl, imageUrl, oembedUrl } = share;
  return {
    title,
    description,
    alternates: { canonical: canonicalUrl, types: { 'application/json+oembed': [{ url: oembedUrl, title }] } },
    openGraph: {
      siteName: 'zyzz',
      type: 'website',
      title,
      description,
      url: canonicalUrl,
      images: [{ url: imageUrl, ...imageSize, type: 'image/jpeg', alt: title }],
    },
    twitter: xCard(share),
  };
}
