import { expect, test } from 'vitest';
import { MatchInfo } from './match-info';
import { readScoreFeed } from './read-score-feed';
import { feedXml } from './test-feed';

const read = (xml: string) => readScoreFeed(Buffer.from(xml));

test('a feed in its own short names becomes the shape of the contract', () => {
  const { matchInfo, batsmen } = read(feedXml());
  expect(matchInfo).toEqual({
    Type: 'T20',
    Srs: 'T20 Tri-Series',
    MatchDesc: 'NEP vs KEN',
    MatchNumber: '5th match',
    HostCity: 'Kirtipur',
    HostCountry: 'Nepal',
    Ground: 'TU Ground',
    DataPath: 'http://feed.example/NEP_KEN/',
    InngCnt: '2',
    MatchState: {
      MatchState: 'inprogress',
      Status: 'Nepal need 34 runs',
      TossWon: 'Kenya',
      Decision: 'Batting',
      AddnStatus: '',
      SplStatus: 'Powerplay & spin',
    },
    Team: [
      { Name: 'Nepal', SName: 'NEP', Flag: '1' },
      { Name: 'Kenya', SName: 'KEN', Flag: '1' },
    ],
    Schedule: { StartTime: '09:30', EndDate: 'Nov 21 2026' },
    Score: {
      InningsDetail: { noOfOvers: '20', RequiredRunRate: '7.56', CurrentRunRate: '8.45', CurrentPartnership: '6(1)' },
      BattingTeam: {
        SName: 'NEP',
        Innings: [{ Description: 'Inns', Runs: '131', Declared: '0', FollowOn: '0', Overs: '15.3', Wickets: '4' }],
      },
      BowlingTeam: {
        SName: 'KEN',
        Innings: [{ Description: 'Inns', Runs: '164', Declared: '0', FollowOn: '0', Overs: '20', Wickets: '8' }],
      },
      Batsmen: { SName: 'Thapa', Runs: '58', Balls: '37', Fours: '6', Sixes: '2' },
      Bowler: { SNames: 'Otieno', Runs: '29', Wickets: '2', Overs: '3.3', Maidens: '0' },
    },
  });
  expect(batsmen.map(({ SName }) => SName)).toEqual(['Thapa', 'Rai']);
});

test('a feed in the names of the contract reads the same', () => {
  const { matchInfo } = read(`<MatchInfo Type="ODI" InngCnt="1"><MatchState MatchState="toss" Status="Rain"/>
    <Team Name="Kenya" SName="KEN" Flag="2"/><Schedule StartTime="10:00" EndDate="today"/>
    <Score><InningsDetail noOfOvers="50" CurrentRunRate="4.2"/>
      <BattingTeam SName="KEN"><Innings Runs="7" Overs="1.4" Wickets="0"/><Innings Runs="9" Overs="2" Wickets="1"/></BattingTeam>
      <Bowler SNames="Karan" Overs="1" Maidens="1"/></Score></MatchInfo>`);
  expect(matchInfo).toMatchObject({ Type: 'ODI', MatchState: { MatchState: 'toss', Status: 'Rain' } });
  expect(matchInfo.Team).toEqual([{ Name: 'Kenya', SName: 'KEN', Flag: '2' }]);
  expect(matchInfo.Score.BattingTeam.Innings.map(({ Runs }) => Runs)).toEqual(['7', '9']);
  expect(matchInfo.Score.Bowler).toMatchObject({ SNames: 'Karan', Maidens: '1' });
});

test('what the feed does not say is an empty text or list, and the shape stays whole', () => {
  const { matchInfo, batsmen } = read(
    '<mchDetails><match type="TEST"><state mchState="preview"/></match></mchDetails>',
  );
  expect(MatchInfo.parse(matchInfo)).toEqual(matchInfo);
  expect(matchInfo).toMatchObject({
    Team: [],
    Score: { BattingTeam: { SName: '', Innings: [] }, Batsmen: { Runs: '' } },
  });
  expect(batsmen).toEqual([]);
});

test('text is one harmless line: markup stays text, and nothing turns or stacks it', () => {
  const status = '&lt;b&gt;out&lt;/b&gt;&#10;&#x202e;x&amp;lt; Za&#768;&#768;&#768;&#768;&#768;&#768;';
  const { matchInfo } = read(`<match><state status="${status}" splStatus="${'y'.repeat(500)}"/></match>`);
  expect(matchInfo.MatchState.Status).toBe('<b>out</b> x&lt; Z\u00e0\u0300\u0300\u0300');
  expect(matchInfo.MatchState.SplStatus).toHaveLength(200);
});

test('an encoding that the feed names is heeded', () => {
  const xml = '<?xml version="1.0" encoding="ISO-8859-1"?><match grnd="Málaga"/>';
  expect(readScoreFeed(Buffer.from(xml, 'latin1')).matchInfo.Ground).toBe('Málaga');
});

const laughs = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join('');
test.each([
  ['nothing', '', /not well-formed/],
  ['a web page', '<html><head><meta></head>', /not well-formed/],
  ['another XML', '<rss><channel/></rss>', /no match/],
  ['JSON', '{"match":1}', /not well-formed|no match/],
  ['a document type', '<!DOCTYPE match><match/>', /document type/],
  [
    'an entity bomb',
    `<?xml version="1.0"?><!DOCTYPE m [<!ENTITY l0 "ha">${laughs}]><match type="&l9;"/>`,
    /document type/,
  ],
  ['a foreign entity', '<!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/passwd">]><match type="&x;"/>', /document type/],
  ['deep nesting', `${'<a>'.repeat(5000)}<match/>${'</a>'.repeat(5000)}`, /not well-formed/],
  ['more than a megabyte', `<match type="${'x'.repeat(1024 * 1024)}"/>`, /larger/],
])('%s is refused', (_what, xml, fault) => {
  expect(() => read(xml)).toThrow(fault);
});

test('bytes that are no text are refused, and so are names of the language itself', () => {
  expect(() => readScoreFeed(Buffer.from([0x3c, 0xff, 0xfe, 0x3e]))).toThrow(/encoding|well-formed/);
  expect(() => read('<match><__proto__ a="b"/></match>')).toThrow('not well-formed');
  expect(({} as Record<string, unknown>).a).toBeUndefined();
});
