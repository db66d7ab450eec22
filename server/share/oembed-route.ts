import { z } from 'zod';
import { AppError, parseInput } from '../errors';
import { errorAnswer, jsonAnswer, type Route } from '../http/route';
import { findSharedEvent, findSharedStream, type ShareDeps } from './find-shared';
import { shareImageHeight, shareImageWidth } from './share-picture';
import { streamShare } from './stream-share';

/** A player fills 16:9, voice and picture alike: a voice has the board. */
const preferredWidth = 960;
const aspect = 16 / 9;

const pixels = z.coerce
  .number('must be a number of pixels')
  .int('must be a whole number of pixels')
  .min(1, 'must be at least 1')
  .optional();
const OembedQuery = z.object({
  url: z.string('must be the address of a page here').max(2000, 'at most 2000 characters'),
  maxwidth: pixels,
  maxheight: pixels,
  format: z.string().optional(),
});

/** `&`, `<`, `>` and quotes for an attribute. */
function attribute(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** The stream that an address of ours names: `/watch/<id>`, `/embed/<id>`, `/event/<id>` with or without `?stream=`. */
async function streamIdOf(deps: ShareDeps, address: string): Promise<string> {
  const notOurs = new AppError('not_found', 'url: is not a page here that can be embedded', { field: 'url' });
  if (!URL.canParse(address)) {
    throw notOurs;
  }
  const url = new URL(address);
  if (url.origin !== new URL(deps.env.publicUrl).origin || url.username !== '' || url.password !== '') {
    throw notOurs;
  }
  const [, page, id] = /^\/(watch|embed|event)\/([A-Za-z0-9_-]{9,64})\/?$/.exec(url.pathname) ?? [];
  if (page === undefined || id === undefined) {
    throw notOurs;
  }
  if (page !== 'event') {
    return id;
  }
  const chosen = url.searchParams.get('stream');
  const { onAir } = await findSharedEvent(deps, id);
  const stream = chosen === null ? onAir[0] : { id: chosen };
  if (stream === undefined) {
    throw new AppError('not_found', 'url: nobody is on air at this event', { field: 'url' });
  }
  return stream.id;
}

/** `GET /oembed?url=&maxwidth=&maxheight=&format=` (oEmbed 1.0): type `video`, the player in a frame; JSON only. */
export function oembedRoute(deps: ShareDeps): Route {
  return {
    method: 'GET',
    path: '/oembed',
    handle: async ({ url: { searchParams } }) => {
      const query = parseInput(OembedQuery, Object.fromEntries(searchParams));
      if (query.format !== undefined && query.format !== 'json') {
        // oEmbed 1.0, 2.3.4: a provider answers 501 to a format that it does not have.
        return errorAnswer(501, 'bad_request', 'format: only json');
      }
      const { stream, event } = await findSharedStream(deps, await streamIdOf(deps, query.url));
      const share = streamShare(stream, event, deps.env.publicUrl);
      const widthMax = Math.min(preferredWidth, query.maxwidth ?? preferredWidth);
      const width = Math.max(1, Math.floor(Math.min(widthMax, (query.maxheight ?? Number.POSITIVE_INFINITY) * aspect)));
      const height = Math.max(1, Math.floor(width / aspect));
      const fitsThumbnail =
        (query.maxwidth ?? shareImageWidth) >= shareImageWidth &&
        (query.maxheight ?? shareImageHeight) >= shareImageHeight;
      const frame = `<iframe src="${attribute(share.embedUrl ?? '')}" width="${width}" height="${height}" title="${attribute(share.title)}" style="border:0" allow="autoplay; fullscreen; picture-in-picture" allowfullscreen loading="lazy"></iframe>`;
      const answer = {
        version: '1.0',
        type: 'video',
        provider_name: 'zyzz',
        provider_url: deps.env.publicUrl,
        title: share.title,
        author_name: stream.owner.name,
        author_url: `${deps.env.publicUrl}/user/${stream.owner.id}`,
        cache_age: 60,
        // oEmbed 1.0, 2.3.4: a thumbnail, too, keeps to maxwidth and maxheight.
        ...(fitsThumbnail
          ? { thumbnail_url: share.imageUrl, thumbnail_width: shareImageWidth, thumbnail_height: shareImageHeight }
          : {}),
        width,
        height,
        html: frame,
      };
      return jsonAnswer(200, answer, { 'cache-control': 'public, max-age=60', 'access-control-allow-origin': '*' });
    },
  };
}
