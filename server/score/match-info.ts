import { z } from 'zod';

const Innings = z.object({
  Description: z.string(),
  Runs: z.string(),
  Declared: z.string(),
  FollowOn: z.string(),
  Overs: z.string(),
  Wickets: z.string(),
});

const InningsOfTeam = z.object({ SName: z.string(), Innings: z.array(Innings) });

export const Batsman = z.object({
  SName: z.string(),
  Runs: z.string(),
  Balls: z.string(),
  Fours: z.string(),
  Sixes: z.string(),
});
export type Batsman = z.infer<typeof Batsman>;

export const Bowler = z.object({
  SNames: z.string(),
  Runs: z.string(),
  Wickets: z.string(),
  Overs: z.string(),
  Maidens: z.string(),
});
export type Bowler = z.infer<typeof Bowler>;

/**
 * A score as `GET /api/cricbuzz/:eventId/` gives it: the feed's own shape, every value a string, `''` for what the feed
 * does not say. `Team` and `Innings` are lists however often the feed has them; `Batsmen` and `Bowler` are the first ones.
 */
export const MatchInfo = z.object({
  Type: z.string(),
  Srs: z.string(),
  MatchDesc: z.string(),
  MatchNumber: z.string(),
  HostCity: z.string(),
  HostCountry: z.string(),
  Ground: z.string(),
  DataPath: z.string(),
  InngCnt: z.string(),
  MatchState: z.object({
    MatchState: z.string(),
    Status: z.string(),
    TossWon: z.string(),
    Decision: z.string(),
    AddnStatus: z.string(),
    SplStatus: z.string(),
  }),
  Team: z.array(z.object({ Name: z.string(), SName: z.string(), Flag: z.string() })),
  Schedule: z.object({ StartTime: z.string(), EndDate: z.string() }),
  Score: z.object({
    InningsDetail: z.object({
      noOfOvers: z.string(),
      RequiredRunRate: z.string(),
      CurrentRunRate: z.string(),
      CurrentPartnership: z.string(),
    }),
    BattingTeam: InningsOfTeam,
    BowlingTeam: InningsOfTeam,
    Batsmen: Batsman,
    Bowler: Bowler,
  }),
});
export type MatchInfo = z.infer<typeof MatchInfo>;

/** All that one answer of a feed tells: what the contract names, and everyone at the crease. */
export const ScoreSheet = z.object({
  matchInfo: MatchInfo,
  batsmen: z.array(Batsman),
  bowlers: z.array(Bowler),
});
export type ScoreSheet = z.infer<typeof ScoreSheet>;
