import { listen, type RealtimeContext } from './listen';
import { ClockAsk } from './messages';
import type { PageSocket } from './page-socket';

/** Lets a page compare its clock with ours; the least round trip wins. */
export function onClock(context: RealtimeContext, socket: PageSocket): void {
  listen(context, socket, 'clock', ClockAsk, (_message, answer) => {
    answer({ receivedAtMs: Date.now() });
  });
}
