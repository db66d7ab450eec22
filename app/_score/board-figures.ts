import type { Batsman, MatchInfo, ScoreSheet } from '../../server/score/match-info';

/** What the board shows, taken from what the feed says; a figure that makes no sense is left out. */
export type BoardFigures = {
  /** `wickets` are those lost, null when the feed does not say; `before` is the side's innings before this one */
  batting: {
    name: string;
    runs: string;
    wickets: string | null;
    isAllOut: boolean;
    overs: string | null;
    before: string | null;
  };
  bowling: { name: string; total: string | null };
  /** what the batting side needs to win */
  chase: { runs: number; balls: number } | null;
  runRate: string | null;
  requiredRate: string | null;
  batsmen: { name: string; runs: string; balls: string }[];
  bowlers: { name: string; figures: string; overs: string }[];
  /** the scorer's own words on how it stands */
  status: string;
  isOver: boolean;
};

type Innings = MatchInfo['Score']['BattingTeam']['Innings'][number];

const wholeNumber = (text: string): string | null => (/^\d{1,4}$/.test(text) ? text : null);
const oversNumber = (text: string): string | null => (/^\d{1,3}(\.[0-6])?$/.test(text) ? text : null);
const rate = (text: string): string | null => (/^\d{1,3}(\.\d{1,2})?$/.test(text) && Number(text) > 0 ? text : null);

/** `164/8`, `210` when all are out, `350/6 d` when it was declared. */
function total(innings: Innings | undefined): string | null {
  const runs = wholeNumber(innings?.Runs ?? '');
  if (innings === undefined || runs === null) {
    return null;
  }
  const wickets = wholeNumber(innings.Wickets);
  const lost = wickets === null || wickets === '10' ? '' : `/${wickets}`;
  return `${runs}${lost}${innings.Declared === '1' ? ' d' : ''}`;
}

function teamName(info: MatchInfo, shortName: string): string {
  return info.Team.find((team) => team.SName !== '' && team.SName === shortName)?.Name || shortName;
}

/** Overs are written `15.3`: fifteen overs and three balls. */
function ballsOf(overs: string): number {
  const [whole = '0', balls = '0'] = overs.split('.');
  return Number(whole) * 6 + Number(balls);
}

/** Feeds name 50 overs for matches of 20 as well. */
const oversOfType: Record<string, number> = { T20: 20, T20I: 20, ODI: 50 };

function chaseOf(info: MatchInfo): BoardFigures['chase'] {
  const { InningsDetail, BattingTeam, BowlingTeam } = info.Score;
  // A shortened match has a target that only the scorer knows, so their words come first.
  const told = /\bneed (\d{1,3}) (?:more )?runs? (?:in|from|off|with) (\d{1,3}) balls?\b/i.exec(info.MatchState.Status);
  if (told !== null) {
    return { runs: Number(told[1]), balls: Number(told[2]) };
  }
  const [now] = BattingTeam.Innings;
  const [target] = BowlingTeam.Innings;
  const overs = Math.min(Number(InningsDetail.noOfOvers), oversOfType[info.Type.toUpperCase()] ?? 0);
  if (
    info.InngCnt !== '2' ||
    now === undefined ||
    target === undefined ||
    !(overs > 0) ||
    /d\/?l/i.test(statusOf(info))
  ) {
    return null;
  }
  const runs = Number(target.Runs) + 1 - Number(now.Runs);
  const balls = overs * 6 - ballsOf(oversNumber(now.Overs) ?? '');
  return runs > 0 && balls > 0 ? { runs, balls } : null;
}

function statusOf(info: MatchInfo): string {
  const { Status, AddnStatus } = info.MatchState;
  return Status === '' ? AddnStatus : Status;
}

function isPlayer(player: Batsman): boolean {
  return player.SName !== '' && wholeNumber(player.Runs) !== null;
}

/** The board of a score; null when it has no side at the bat yet. */
export function boardFigures({ matchInfo: info, batsmen, bowlers }: ScoreSheet): BoardFigures | null {
  const { BattingTeam, BowlingTeam, InningsDetail } = info.Score;
  // The feed gives the innings that is played first.
  const [now, ...earlier] = BattingTeam.Innings;
  const runs = wholeNumber(now?.Runs ?? '');
  if (now === undefined || runs === null || BattingTeam.SName === '') {
    return null;
  }
  const isOver = /^(complete|result|mom|abandon)/i.test(info.MatchState.MatchState);
  const wickets = wholeNumber(now.Wickets);
  const [bowled] = BowlingTeam.Innings;
  const bowlingTotal = total(bowled);
  const bowledOvers = oversNumber(bowled?.Overs ?? '');
  return {
    batting: {
      name: teamName(info, BattingTeam.SName),
      runs,
      wickets,
      isAllOut: wickets === '10',
      overs: oversNumber(now.Overs),
      before: earlier.map(total).find((text) => text !== null) ?? null,
    },
    bowling: {
      name: teamName(info, BowlingTeam.SName),
      total: bowlingTotal === null || bowledOvers === null ? bowlingTotal : `${bowlingTotal} in ${bowledOvers}`,
    },
    chase: isOver ? null : chaseOf(info),
    runRate: rate(InningsDetail.CurrentRunRate),
    requiredRate: isOver ? null : rate(InningsDetail.RequiredRunRate),
    batsmen: batsmen
      .filter(isPlayer)
      .slice(0, 2)
      .map(({ SName, Runs, Balls }) => ({ name: SName, runs: Runs, balls: Balls })),
    bowlers: bowlers
      .filter(({ SNames }) => SNames !== '')
      .slice(0, 2)
      .map(({ SNames, Wickets, Runs, Overs }) => ({ name: SNames, figures: `${Wickets}/${Runs}`, overs: Overs })),
    status: statusOf(info),
    isOver,
  };
}

/** `Nepal 131 for 4`, `Nepal 131 all out`. */
export function scoreWords({ batting }: BoardFigures): string {
  const lost = batting.isAllOut ? ' all out' : batting.wickets === null ? '' : ` for ${batting.wickets}`;
  return `${batting.name} ${batting.runs}${lost}`;
}

/** The board in a sentence: `Nepal 131 for 4 after 15.3 overs, 34 needed from 27.` */
export function boardSentence(figures: BoardFigures): string {
  const { batting, bowling, chase, status } = figures;
  const after = batting.overs === null ? '' : ` after ${batting.overs} overs`;
  const needed = chase === null ? '' : `, ${chase.runs} needed from ${chase.balls}`;
  const other = bowling.total === null ? '' : ` ${bowling.name} ${bowling.total}.`;
  return `${scoreWords(figures)}${after}${needed}.${other}${status === '' ? '' : ` ${status}.`}`;
}
