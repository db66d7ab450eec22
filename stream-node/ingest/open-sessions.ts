import { WebSocketSource } from './websocket-source';

/** The recorder sessions whose journals are open. None is opened twice, for two writers would tear it. */
export class OpenSessions {
  readonly #opened = new Map<string, Promise<WebSocketSource>>();

  /**
   * Opens the journal of a session, once whoever had it before has closed it.
   *
   * @throws Error of the file system, and where somebody still fills it
   */
  open(options: Parameters<typeof WebSocketSource.open>[0]): Promise<WebSocketSource> {
    const key = `${options.hello.streamId} ${options.hello.recorderSession}`;
    const former = this.#opened.get(key);
    const opened = closedBefore(former).then(() => WebSocketSource.open(options));
    this.#opened.set(key, opened);
    const forget = () => {
      if (this.#opened.get(key) === opened) {
        this.#opened.delete(key);
      }
    };
    opened.then((source) => source.closed).then(forget, forget);
    return opened;
  }
}

async function closedBefore(former: Promise<WebSocketSource> | undefined): Promise<void> {
  const source = await former?.catch(() => undefined);
  if (source?.ended === false) {
    throw new Error('the recorder session is being sent by another connection');
  }
  await source?.closed;
}
