import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { FeedFault } from './feed-fault';
import type { ScoreSheet } from './match-info';

/** The largest feed that is read, after decompression. */
export const feedBytesMax = 1024 * 1024;
/** A feed has six levels. */
const nestedTagsMax = 16;
const textLengthMax = 200;
/** Of teams, innings and players: more than any match has. */
const listLengthMax = 12;

/** An element: its attributes as text under `@name`, its children in lists. Names are in lower case. */
type Element = { [name: string]: string | Element[] };

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  // No entity is ever looked up; the five that XML itself knows are put in by `plainText`.
  processEntities: false,
  transformTagName: (name) => name.toLowerCase(),
  transformAttributeName: (name) => name.toLowerCase(),
  isArray: (_name, _path, _isLeaf, isAttribute) => !isAttribute,
  ignoreDeclaration: true,
  maxNestedTags: nestedTagsMax,
});

/**
 * Reads a score feed. The elements and attributes have either the feed's own short names (`mscr`, `btTm`, `ovrs`) or those
 * of `MatchInfo`, in upper or lower case, and any of them may be missing.
 *
 * @throws FeedFault when it is not such a feed, or has what no feed needs: a document type, entities, deep nesting
 */
export function readScoreFeed(bytes: Buffer): ScoreSheet {
  if (bytes.length > feedBytesMax) {
    throw new FeedFault(`the feed is larger than ${feedBytesMax} bytes`);
  }
  const xml = decode(bytes);
  if (/<!(doctype|entity)/i.test(xml)) {
    throw new FeedFault('the feed has a document type or entities, which are not accepted');
  }
  const match = findMatch(parse(xml), 4);
  if (match === undefined) {
    throw new FeedFault('the answer is not a score feed: it has no match');
  }
  return sheetOf(match);
}

function decode(bytes: Buffer): string {
  const declared = /^[^>]{0,200}?encoding\s*=\s*["']([\w.-]{1,40})["']/i.exec(bytes.toString('latin1', 0, 300))?.[1];
  try {
    return new TextDecoder(declared ?? 'utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new FeedFault('the feed is not text in the encoding that it names');
  }
}

function parse(xml: string): Element {
  try {
    if (XMLValidator.validate(xml) === true) {
      return parser.parse(xml);
    }
  } catch {
    // told in one way with what the validator found
  }
  throw new FeedFault('the answer is not well-formed XML');
}

function children(element: Element | undefined, names: string[]): Element[] {
  for (const name of names) {
    const found = element?.[name];
    if (Array.isArray(found)) {
      // An element without attributes and children comes as text.
      return found.filter((child) => typeof child === 'object').slice(0, listLengthMax);
    }
  }
  return [];
}

function attribute(element: Element | undefined, names: string[]): string {
  for (const name of names) {
    const found = element?.[`@${name}`];
    if (typeof found === 'string') {
      return plainText(found);
    }
  }
  return '';
}

const matchNames = ['match', 'matchinfo'];

/** The first match, at most `depth` elements down. */
function findMatch(element: Element, depth: number): Element | undefined {
  const [match] = children(element, matchNames);
  if (match !== undefined || depth === 0) {
    return match;
  }
  for (const name of Object.keys(element)) {
    for (const child of children(element, [name])) {
      const found = findMatch(child, depth - 1);
      if (found !== undefined) {
        return found;
      }
    }
  }
  return undefined;
}

const predefined: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** One line of text as a page may show it: references of XML itself resolved once, nothing that turns or stacks text. */
function plainText(raw: string): string {
  const text = raw.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(lt|gt|amp|quot|apos));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) {
      return predefined[name.toLowerCase()] ?? whole;
    }
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number.parseInt(decimal, 10);
    return code <= 0x10ffff ? String.fromCodePoint(code) : '';
  });
  const harmless = text
    .replace(/[\p{Cc}\p{Cs}\u2028\u2029]+/gu, ' ')
    .replace(/[\u202a-\u202e\u2066-\u2069]/gu, '')
    .replace(/(\p{M}{4})\p{M}+/gu, '$1');
  return [...harmless.normalize('NFC').trim()].slice(0, textLengthMax).join('');
}

function sheetOf(match: Element): ScoreSheet {
  const [state] = children(match, ['state', 'matchstate']);
  const [schedule] = children(match, ['tme', 'schedule']);
  const [score] = children(match, ['mscr', 'score']);
  const [innings] = children(score, ['inngsdetail', 'inningsdetail']);
  const [batting] = children(score, ['bttm', 'battingteam']);
  const [bowling] = children(score, ['blgtm', 'bowlingteam']);
  const batsmen = children(score, ['btsmn', 'batsmen', 'batsman']).map(batsmanOf);
  const bowlers = children(score, ['blrs', 'blr', 'bowler', 'bowlers']).map(bowlerOf);
  return {
    matchInfo: {
      Type: attribute(match, ['type']),
      Srs: attribute(match, ['srs']),
      MatchDesc: attribute(match, ['mchdesc', 'matchdesc']),
      MatchNumber: attribute(match, ['mnum', 'matchnumber']),
      HostCity: attribute(match, ['vcity', 'hostcity']),
      HostCountry: attribute(match, ['vcountry', 'hostcountry']),
      Ground: attribute(match, ['grnd', 'ground']),
      DataPath: attribute(match, ['datapath']),
      InngCnt: attribute(match, ['inngcnt']),
      MatchState: {
        MatchState: attribute(state, ['mchstate', 'matchstate']),
        Status: attribute(state, ['status']),
        TossWon: attribute(state, ['tw', 'tosswon']),
        Decision: attribute(state, ['decisn', 'decision']),
        AddnStatus: attribute(state, ['addnstatus']),
        SplStatus: attribute(state, ['splstatus']),
      },
      Team: children(match, ['tm', 'team']).map((team) => ({
        Name: attribute(team, ['name']),
        SName: attribute(team, ['sname']),
        Flag: attribute(team, ['flag']),
      })),
      Schedule: {
        StartTime: attribute(schedule, ['sttme', 'starttime']),
        EndDate: attribute(schedule, ['enddt', 'enddate']),
      },
      Score: {
        InningsDetail: {
          noOfOvers: attribute(innings, ['noofovers']),
          RequiredRunRate: attribute(innings, ['rrr', 'requiredrunrate']),
          CurrentRunRate: attribute(innings, ['crr', 'currentrunrate']),
          CurrentPartnership: attribute(innings, ['cprtshp', 'currentpartnership']),
        },
        BattingTeam: inningsOf(batting),
        BowlingTeam: inningsOf(bowling),
        Batsmen: batsmen[0] ?? batsmanOf({}),
        Bowler: bowlers[0] ?? bowlerOf({}),
      },
    },
    batsmen,
    bowlers,
  };
}

function inningsOf(team: Element | undefined): ScoreSheet['matchInfo']['Score']['BattingTeam'] {
  return {
    SName: attribute(team, ['sname']),
    Innings: children(team, ['inngs', 'innings']).map((innings) => ({
      Description: attribute(innings, ['desc', 'description']),
      Runs: attribute(innings, ['r', 'runs']),
      Declared: attribute(innings, ['decl', 'declared']),
      FollowOn: attribute(innings, ['followon']),
      Overs: attribute(innings, ['ovrs', 'overs']),
      Wickets: attribute(innings, ['wkts', 'wickets']),
    })),
  };
}

function batsmanOf(element: Element): ScoreSheet['batsmen'][number] {
  return {
    SName: attribute(element, ['sname']),
    Runs: attribute(element, ['r', 'runs']),
    Balls: attribute(element, ['b', 'balls']),
    Fours: attribute(element, ['frs', 'fours']),
    Sixes: attribute(element, ['sxs', 'sixes']),
  };
}

function bowlerOf(element: Element): ScoreSheet['bowlers'][number] {
  return {
    SNames: attribute(element, ['snames', 'sname']),
    Runs: attribute(element, ['r', 'runs']),
    Wickets: attribute(element, ['wkts', 'wickets']),
    Overs: attribute(element, ['ovrs', 'overs']),
    Maidens: attribute(element, ['mdns', 'maidens']),
  };
}
