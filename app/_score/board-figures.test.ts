import { expect, test } from 'vitest';
import { readScoreFeed } from '../../server/score/read-score-feed';
import { type FeedWords, feedXml } from '../../server/score/test-feed';
import { boardFigures, boardSentence } from './board-figures';
import { scoreNews } from './score-news';

const sheetOf = (words: FeedWords = {}, change = (xml: string) => xml) =>
  readScoreFeed(Buffer.from(change(feedXml(words))));
const figuresOf = (...args: Parameters<typeof sheetOf>) => {
  const figures = boardFigures(sheetOf(...args));
  if (figures === null) {
    throw new Error('no figures');
  }
  return figures;
};

test('a chase has its runs, its balls and its rates, in figures and in a sentence', () => {
  const figures = figuresOf();
  expect(figures).toMatchObject({
    batting: { name: 'Nepal', runs: '131', wickets: '4', overs: '15.3', before: null },
    bowling: { name: 'Kenya', total: '164/8 in 20' },
    chase: { runs: 34, balls: 27 },
    runRate: '8.45',
    requiredRate: '7.56',
  });
  expect(figures.batsmen.map(({ name, runs, balls }) => `${name} ${runs} ${balls}`)).toEqual([
    'Thapa 58 37',
    'Rai 6 1',
  ]);
  expect(boardSentence(figures)).toBe(
    'Nepal 131 for 4 after 15.3 overs, 34 needed from 27. Kenya 164/8 in 20. Nepal need 34 runs.',
  );
});

test('the scorer’s own words on a target come first, and a shortened match is not computed', () => {
  expect(figuresOf({ status: 'Nepal need 9 runs in 14 balls' }).chase).toEqual({ runs: 9, balls: 14 });
  expect(figuresOf({ status: 'Target revised (D/L)' }).chase).toBe(null);
  expect(figuresOf({}, (xml) => xml.replace('noofovers="20"', 'noofovers="50"')).chase).toEqual({
    runs: 34,
    balls: 27,
  });
  expect(figuresOf({}, (xml) => xml.replace('type="T20"', 'type="TEST"')).chase).toBe(null);
});

test('a first innings, a side that is all out, and a result', () => {
  const first = figuresOf({}, (xml) => xml.replace(/<blgTm[\s\S]*?<\/blgTm>/, '<blgTm sName="KEN"/>'));
  expect(first).toMatchObject({ bowling: { name: 'Kenya', total: null }, chase: null });
  expect(boardSentence(figuresOf({ wickets: 10, status: '' }))).toMatch(/^Nepal 131 all out after 15.3 overs/);
  const over = figuresOf({ status: 'Nepal won by 6 wkts' }, (xml) => xml.replace('inprogress', 'Result'));
  expect(over).toMatchObject({ isOver: true, chase: null, requiredRate: null, status: 'Nepal won by 6 wkts' });
});

test('figures that are none are left out, and without a side at the bat there is no board', () => {
  const odd = figuresOf({ overs: 'soon' });
  expect(odd.batting.overs).toBe(null);
  expect(boardFigures(sheetOf({}, (xml) => xml.replace(/<mscr>[\s\S]*<\/mscr>/, '')))).toBe(null);
});

test('news are wickets, fifties and the result, and only at the next score', () => {
  const change = (sequence: number, ...args: Parameters<typeof sheetOf>) => ({
    sequence,
    atMs: 0,
    sheet: sheetOf(...args),
  });
  const start = change(1);
  expect(scoreNews(start, change(2, { runs: 135 }))).toBe(null);
  expect(scoreNews(start, change(2, { wickets: 5 }))).toEqual({ wicket: true, words: 'Wicket. Nepal 131 for 5.' });
  expect(scoreNews(start, change(9, { wickets: 5 }))).toBe(null);
  expect(scoreNews(change(2, { wickets: 5 }), start)).toBe(null);
  const hundred = change(2, {}, (xml) => xml.replace('r="58"', 'r="101"'));
  expect(scoreNews(start, hundred)?.words).toBe('Thapa has 100.');
  const won = change(2, { status: 'Nepal won' }, (xml) => xml.replace('inprogress', 'Result'));
  expect(scoreNews(start, won)).toEqual({ wicket: false, words: 'Nepal won.' });
});
