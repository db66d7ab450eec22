import type { Report } from './violation';

/** Of the whole playlist: each at most once, and before the first segment where it counts segments (RFC 8216bis 4.4.2, 4.4.3). */
const onceTags = new Set([
  ...['#EXTM3U', '#EXT-X-VERSION', '#EXT-X-INDEPENDENT-SEGMENTS', '#EXT-X-TARGETDURATION', '#EXT-X-SERVER-CONTROL'],
  ...['#EXT-X-PART-INF', '#EXT-X-MEDIA-SEQUENCE', '#EXT-X-DISCONTINUITY-SEQUENCE', '#EXT-X-SKIP'],
  ...['#EXT-X-PLAYLIST-TYPE', '#EXT-X-ENDLIST'],
]);
const lastTags = new Set(['#EXT-X-ENDLIST', '#EXT-X-PRELOAD-HINT', '#EXT-X-RENDITION-REPORT']);
const segmentTags = new Set([
  ...['#EXTINF', '#EXT-X-PART', '#EXT-X-MAP', '#EXT-X-PROGRAM-DATE-TIME', '#EXT-X-DISCONTINUITY', '#EXT-X-GAP'],
  '#EXT-X-BYTERANGE',
]);
const decimal = /^\d+(\.\d+)?$/;
const attribute = /([A-Z0-9-]+)=("[^"]*"|[^",]*)(?:,|$)/y;

/**
 * What a media playlist must obey as a text, whatever it means (RFC 8216bis 4.1 to 4.4.1).
 *
 * @param looked lines that were looked at already, one by one: most are in many versions of a playlist
 */
export function checkText(text: string, report: Report, looked: Set<string> = new Set()): void {
  if (!text.startsWith('#EXTM3U\n')) {
    report('first-line', 'the first line is not #EXTM3U');
  }
  if (!text.endsWith('\n') || text.includes('\r') || text.includes('\n\n')) {
    report('lines', 'lines end with a line feed, and none is empty');
  }
  const seen = new Set<string>();
  let hasSegment = false;
  for (const line of text.split('\n')) {
    if (line === '') {
      continue;
    }
    const at = line.indexOf(':');
    const tag = at === -1 || !line.startsWith('#') ? line : line.slice(0, at);
    if (onceTags.has(tag)) {
      if (seen.has(tag)) {
        report('tag-twice', tag);
      }
      seen.add(tag);
      if (hasSegment && !lastTags.has(tag)) {
        report('head-late', `${tag} after the first segment`);
      }
    } else if (segmentTags.has(tag) || !line.startsWith('#')) {
      hasSegment = true;
    } else if (!lastTags.has(tag)) {
      report('unknown-tag', line);
    }
    if (!looked.has(line)) {
      looked.add(line);
      checkValue(tag, line.slice(tag.length + 1), report);
    }
  }
}

function checkValue(tag: string, value: string, report: Report): void {
  if (tag === '#EXTINF' && !decimal.test(value.replace(/,.*$/, ''))) {
    report('number', `EXTINF ${value}`);
  }
  if (!value.includes('=')) {
    return;
  }
  const names = new Set<string>();
  attribute.lastIndex = 0;
  let read = 0;
  for (let found = attribute.exec(value); found !== null; found = attribute.exec(value)) {
    const [, name = '', bare = ''] = found;
    read = attribute.lastIndex;
    if (names.has(name)) {
      report('attribute-twice', `${tag} ${name}`);
    }
    names.add(name);
    if (name === 'DURATION' && !decimal.test(bare)) {
      report('number', `${tag} ${name}=${bare}`);
    }
    if (read === value.length) {
      break;
    }
  }
  if (read !== value.length) {
    report('attributes', `${tag}: ${value}`);
  }
}
