import { scoreThen } from '../score/read-score';
import { listen, type RealtimeContext } from './listen';
import { ScoreAt } from './messages';
import type { PageSocket } from './page-socket';

/** The score at a moment that a viewer went back to. */
export function onScoreAt(context: RealtimeContext, socket: PageSocket): void {
  listen(context, socket, 'score:at', ScoreAt, async ({ eventId, atMs }, answer) => {
    answer(await scoreThen(context.db, eventId, atMs));
  });
}
