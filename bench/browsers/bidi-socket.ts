import { once } from 'node:events';
import { WebSocket } from 'ws';

type Answer =
  | { type: 'success'; id: number; result: unknown }
  | { type: 'error'; id: number; error: string; message: string }
  | { type: 'event' };

/** Commands of WebDriver BiDi (W3C) over one WebSocket, and their answers; events are not listened to. */
export class BidiSocket {
  readonly #waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  #lastId = 0;

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data) => this.#hear(JSON.parse(String(data))));
    socket.on('close', () => {
      for (const { reject } of this.#waiting.values()) {
        reject(new Error('the browser closed its line'));
      }
      this.#waiting.clear();
    });
  }

  static async open(url: string): Promise<BidiSocket> {
    const socket = new WebSocket(url);
    await once(socket, 'open');
    return new BidiSocket(socket);
  }

  /** Rejects with the browser's own words. */
  async call<Result>(method: string, params: object): Promise<Result> {
    this.#lastId += 1;
    const id = this.#lastId;
    const answer = new Promise<unknown>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    this.socket.send(JSON.stringify({ id, method, params }));
    return (await answer) as Result;
  }

  close(): void {
    this.socket.close();
  }

  #hear(answer: Answer): void {
    if (answer.type === 'event') {
      return;
    }
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (answer.type === 'success') {
      waiting?.resolve(answer.result);
    } else {
      waiting?.reject(new Error(`${answer.error}: ${answer.message}`));
    }
  }
}
