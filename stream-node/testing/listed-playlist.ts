/** What a live media playlist lists, read without any judgement; the reader of the validator, and of nothing else. */
export type ListedPlaylist = {
  readonly version: number;
  readonly targetDurationSeconds: number;
  /** EXT-X-SERVER-CONTROL, attribute by attribute */
  readonly serverControl: ReadonlyMap<string, string>;
  readonly partTargetSeconds: number | undefined;
  readonly mediaSequence: number;
  readonly discontinuitySequence: number;
  /** EXT-X-SKIP */
  readonly skipped: number | undefined;
  /** those that are listed: the first one's media sequence counts the skipped ones */
  readonly segments: readonly ListedSegment[];
  readonly hints: readonly string[];
  readonly reports: readonly { uri: string; lastMediaSequence: number; lastPartIndex: number }[];
  readonly ended: boolean;
};

export type ListedPart = {
  readonly uri: string;
  readonly durationSeconds: number;
  readonly independent: boolean;
  readonly gap: boolean;
};

export type ListedSegment = {
  readonly mediaSequence: number;
  /** `undefined` while the segment is open */
  uri: string | undefined;
  /** EXTINF, or the sum of the parts while the segment is open */
  durationSeconds: number;
  programDateTimeMs: number | undefined;
  discontinuity: boolean;
  gap: boolean;
  /** the EXT-X-MAP that holds here; `undefined` in a delta where it was skipped */
  map: string | undefined;
  readonly parts: ListedPart[];
  /** tags that came after the first part though they must precede it (RFC 8216bis 4.4.4.9) */
  readonly lateTags: string[];
};

type Draft = { -readonly [Field in keyof ListedPlaylist]: ListedPlaylist[Field] } & {
  segments: ListedSegment[];
  hints: string[];
  reports: { uri: string; lastMediaSequence: number; lastPartIndex: number }[];
};

/** Reads a media playlist. Unknown tags are passed over. */
export function readListedPlaylist(text: string): ListedPlaylist {
  const draft: Draft = {
    version: 1,
    targetDurationSeconds: Number.NaN,
    serverControl: new Map(),
    partTargetSeconds: undefined,
    mediaSequence: 0,
    discontinuitySequence: 0,
    skipped: undefined,
    segments: [],
    hints: [],
    reports: [],
    ended: false,
  };
  let open: ListedSegment | undefined;
  let map: string | undefined;
  const segment = (): ListedSegment => {
    if (open === undefined) {
      const mediaSequence = draft.mediaSequence + (draft.skipped ?? 0) + draft.segments.length;
      open = {
        mediaSequence,
        uri: undefined,
        durationSeconds: 0,
        programDateTimeMs: undefined,
        discontinuity: false,
        gap: false,
        map,
        parts: [],
        lateTags: [],
      };
      draft.segments.push(open);
    }
    return open;
  };
  for (const line of text.split('\n')) {
    if (line !== '' && !line.startsWith('#')) {
      segment().uri = line;
      open = undefined;
      continue;
    }
    const [tag = '', value = ''] = splitOnce(line, ':');
    if (!readHeadTag(draft, tag, value)) {
      if (tag === '#EXT-X-MAP') {
        map = readAttributes(value).get('URI');
      }
      if (segmentTags.has(tag)) {
        readSegmentTag(segment(), tag, value);
      }
    }
  }
  return draft;
}

const segmentTags = new Set([
  '#EXTINF',
  '#EXT-X-PART',
  '#EXT-X-MAP',
  '#EXT-X-PROGRAM-DATE-TIME',
  '#EXT-X-DISCONTINUITY',
  '#EXT-X-GAP',
]);

function readSegmentTag(segment: ListedSegment, tag: string, value: string): void {
  if (tag !== '#EXTINF' && tag !== '#EXT-X-PART' && segment.parts.length > 0) {
    segment.lateTags.push(tag);
  }
  switch (tag) {
    case '#EXTINF':
      segment.durationSeconds = Number.parseFloat(value);
      break;
    case '#EXT-X-PART': {
      const attributes = readAttributes(value);
      const part: ListedPart = {
        uri: attributes.get('URI') ?? '',
        durationSeconds: Number(attributes.get('DURATION')),
        independent: attributes.get('INDEPENDENT') === 'YES',
        gap: attributes.get('GAP') === 'YES',
      };
      segment.parts.push(part);
      segment.durationSeconds += part.durationSeconds;
      break;
    }
    case '#EXT-X-MAP':
      segment.map = readAttributes(value).get('URI');
      break;
    case '#EXT-X-PROGRAM-DATE-TIME':
      segment.programDateTimeMs = Date.parse(value);
      break;
    case '#EXT-X-DISCONTINUITY':
      segment.discontinuity = true;
      break;
    default:
      segment.gap = true;
  }
}

/** Reads a tag that belongs to no segment; `false` for any other. */
function readHeadTag(draft: Draft, tag: string, value: string): boolean {
  switch (tag) {
    case '#EXT-X-VERSION':
      draft.version = Number(value);
      return true;
    case '#EXT-X-TARGETDURATION':
      draft.targetDurationSeconds = Number(value);
      return true;
    case '#EXT-X-SERVER-CONTROL':
      draft.serverControl = readAttributes(value);
      return true;
    case '#EXT-X-PART-INF':
      draft.partTargetSeconds = Number(readAttributes(value).get('PART-TARGET'));
      return true;
    case '#EXT-X-MEDIA-SEQUENCE':
      draft.mediaSequence = Number(value);
      return true;
    case '#EXT-X-DISCONTINUITY-SEQUENCE':
      draft.discontinuitySequence = Number(value);
      return true;
    case '#EXT-X-SKIP':
      draft.skipped = Number(readAttributes(value).get('SKIPPED-SEGMENTS'));
      return true;
    case '#EXT-X-PRELOAD-HINT':
      draft.hints.push(readAttributes(value).get('URI') ?? '');
      return true;
    case '#EXT-X-RENDITION-REPORT': {
      const attributes = readAttributes(value);
      draft.reports.push({
        uri: attributes.get('URI') ?? '',
        lastMediaSequence: Number(attributes.get('LAST-MSN')),
        lastPartIndex: Number(attributes.get('LAST-PART')),
      });
      return true;
    }
    case '#EXT-X-ENDLIST':
      draft.ended = true;
      return true;
    default:
      return false;
  }
}

function readAttributes(list: string): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const [, name = '', quoted, bare] of list.matchAll(/([A-Z0-9-]+)=(?:"([^"]*)"|([^,]*))/g)) {
    attributes.set(name, quoted ?? bare ?? '');
  }
  return attributes;
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
