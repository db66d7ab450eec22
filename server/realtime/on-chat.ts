import { linesAfter } from '../chat/chat-lines';
import { sendMessage } from '../chat/send-message';
import { findEvent } from '../events/get-event';
import { listen, type RealtimeContext, userNow } from './listen';
import { ChatSend, ChatSince, chatLinesMax } from './messages';
import type { PageSocket } from './page-socket';

/** A line of chat. Its author hears it back in the acknowledgement, and like everyone by `chat:messages`. */
export function onChatSend(context: RealtimeContext, socket: PageSocket): void {
  // One after the other: what a person typed first is stored first.
  let previous: Promise<unknown> = Promise.resolve();
  listen(context, socket, 'chat:send', ChatSend, async (message, answer) => {
    const store = async () => {
      const actor = await userNow(context, socket);
      await context.limits.chatLine(actor.id);
      return await sendMessage({ db: context.db, actor }, message);
    };
    const stored = previous.then(store, store);
    previous = stored;
    const line = await stored;
    context.metrics.chatMessageStored();
    answer({ message: line });
  });
}

/** What a page has missed, in its own time. */
export function onChatSince(context: RealtimeContext, socket: PageSocket): void {
  listen(context, socket, 'chat:since', ChatSince, async ({ eventId, afterSequence }, answer) => {
    await findEvent(context.db, eventId);
    const messages = await linesAfter(context.db, eventId, afterSequence, chatLinesMax);
    answer({ messages, lastSequence: messages.at(-1)?.sequence ?? afterSequence });
  });
}
