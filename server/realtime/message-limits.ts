import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { PageSocket } from './page-socket';

/** Messages of any kind, per socket. A page at its busiest, switching between voices, sends a handful a second. */
const messagesMax = 120;
const messagesPerSeconds = 10;
/** Lines of chat, per person over all their sockets here. */
export const chatLinesPerPersonMax = 10;
const chatLinesPerSeconds = 10;

/** How fast a page may speak. Over the limit a message is refused; far over it the socket is closed. */
export class MessageLimits {
  readonly #messages = new RateLimiterMemory({ points: messagesMax, duration: messagesPerSeconds });
  readonly #chatLines = new RateLimiterMemory({ points: chatLinesPerPersonMax, duration: chatLinesPerSeconds });

  /** @throws RateLimiterRes when over the limit */
  async message(socket: PageSocket): Promise<void> {
    try {
      await this.#messages.consume(socket.id);
    } catch (error) {
      if (error instanceof RateLimiterRes && error.consumedPoints > messagesMax * 3) {
        socket.disconnect(true);
      }
      throw error;
    }
  }

  /** @throws RateLimiterRes when over the limit */
  async chatLine(userId: string): Promise<void> {
    await this.#chatLines.consume(userId);
  }

  async forget(socket: PageSocket): Promise<void> {
    await this.#messages.delete(socket.id);
  }
}
