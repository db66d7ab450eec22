import type { QueueLength } from './chunk-queue';

/** A break of up to so long is mended within its recorder session: everything is sent again, and nobody misses a word. */
const shortBreakSeconds = 10;
/** What one recorder session may hold back. It is then closed, so that no long break has to fit into memory. */
const heldSecondsMax = 120;
const heldBytesMax = 48 * 1024 * 1024;

/**
 * Asked when a line opens again: true when what waits is so old that sending it first would keep fans behind. A new session
 * then begins at the live edge, and the rest of this one is sent beside it.
 */
export function isTooLateToResend(waiting: QueueLength): boolean {
  return waiting.seconds > shortBreakSeconds;
}

/** True when so much waits that the session should be closed and its rest be left to the backlog. */
export function holdsTooMuch(waiting: QueueLength): boolean {
  return waiting.seconds > heldSecondsMax || waiting.bytes > heldBytesMax;
}
