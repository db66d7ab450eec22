import { AppError } from '../errors';
import { listen, type RealtimeContext } from './listen';
import { chatLinesMax, chatLinesOnJoin, EventJoin, EventLeave } from './messages';
import { eventRoomName, type PageSocket } from './page-socket';

/** A page shows one event; a few more for an operator's wall. */
const eventsPerSocketMax = 10;

/** A page comes to an event: it is shown where things stand and told of every change from then on. */
export function onEventJoin(context: RealtimeContext, socket: PageSocket): void {
  listen(context, socket, 'event:join', EventJoin, async ({ eventId, afterSequence }, answer) => {
    const joined = [...socket.rooms].filter((room) => /^event:[^:]+$/.test(room) && room !== eventRoomName(eventId));
    if (joined.length >= eventsPerSocketMax) {
      throw new AppError('bad_request', `eventId: at most ${eventsPerSocketMax} events at a time`, {
        field: 'eventId',
      });
    }
    await context.rooms.within(eventId, async (room) => {
      const view = await room.viewFor(socket.data.user);
      // After a restart of the database from a backup, a page may be ahead of us: then it starts anew as well.
      const after = Math.min(afterSequence ?? Number.POSITIVE_INFINITY, room.chat.lastSequence);
      await room.chat.catchUp(after, (caughtUp) => {
        const isNewcomer = afterSequence === undefined || caughtUp === null || afterSequence > room.chat.lastSequence;
        const lines = isNewcomer ? room.chat.newest(chatLinesOnJoin) : caughtUp;
        const messages = lines.slice(0, chatLinesMax);
        const lastSequence = messages.at(-1)?.sequence ?? room.chat.lastSequence;
        answer({ ...view, messages, lastSequence, score: room.score.now, serverTimeMs: Date.now() });
        for (let at = chatLinesMax; at < lines.length; at += chatLinesMax) {
          socket.emit('chat:messages', { eventId, messages: lines.slice(at, at + chatLinesMax) });
        }
        if (socket.connected) {
          room.enter(socket);
        }
      });
    });
  });
}

export function onEventLeave(context: RealtimeContext, socket: PageSocket): void {
  listen(context, socket, 'event:leave', EventLeave, ({ eventId }, answer) => {
    context.rooms.find(eventId)?.leave(socket);
    answer({});
  });
}
