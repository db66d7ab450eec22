import type { JournalClaims } from './journal-claims';
import { WebSocketSource } from './websocket-source';

/** The recorder sessions whose journals are open. None is opened twice, for two writers would tear it. */
export class OpenSessions {
  readonly #opened = new Map<string, Promise<WebSocketSource>>();

  /** @param claims absent: nobody else works on journals */
  constructor(private readonly claims?: JournalClaims) {}

  /**
   * Claims the journal of a session and opens it, once whoever had it before has closed it.
   *
   * @throws Error of the file system, and where somebody still fills it
   */
  open(options: Parameters<typeof WebSocketSource.open>[0]): Promise<WebSocketSource> {
    const key = `${options.hello.streamId} ${options.hello.recorderSession}`;
    const former = this.#opened.get(key);
    const opened = closedBefore(former).then(() => this.#openClaimed(options));
    this.#opened.set(key, opened);
    const forget = () => {
      if (this.#opened.get(key) === opened) {
        this.#opened.delete(key);
      }
    };
    opened.then((source) => source.closed).then(forget, forget);
    return opened;
  }

  /** Nobody fills the journal of a session that was opened; see {@link JournalClaims.release}. */
  release(streamId: string, recorderSession: string, isComplete: boolean): void {
    this.claims?.release(streamId, recorderSession, isComplete);
  }

  async #openClaimed(options: Parameters<typeof WebSocketSource.open>[0]): Promise<WebSocketSource> {
    const { streamId, recorderSession } = options.hello;
    await this.claims?.claim(streamId, recorderSession);
    try {
      return await WebSocketSource.open(options);
    } catch (error) {
      this.release(streamId, recorderSession, false);
      throw error;
    }
  }
}

async function closedBefore(former: Promise<WebSocketSource> | undefined): Promise<void> {
  const source = await former?.catch(() => undefined);
  if (source?.ended === false) {
    throw new Error('the recorder session is being sent by another connection');
  }
  await source?.closed;
}
