import type { OpenIngestSocket } from '../../app/_publisher/ingest-socket';
import { openNodeSocket } from '../../app/_publisher/testing/contract-node';
import { Hello, NodeMessage } from '../../stream-node/contract/ingest-protocol';

/** A publisher's live lines to all nodes, seen from its own side: who has it. */
export class WatchedLines {
  /** lines that were welcomed and are open, by number */
  readonly #open = new Map<number, string>();
  #count = 0;
  /** the most nodes that had this publisher at one moment; the rest of an earlier session, sent beside it, counts not */
  nodesAtOnceMax = 0;

  readonly openSocket: OpenIngestSocket = (url, handlers) => {
    this.#count += 1;
    const line = this.#count;
    let isLive = false;
    const socket = openNodeSocket(url, {
      opened: handlers.opened,
      text: (text) => {
        const message = NodeMessage.parse(JSON.parse(text));
        if (message.type === 'welcome' && isLive) {
          this.#open.set(line, url);
          this.nodesAtOnceMax = Math.max(this.nodesAtOnceMax, new Set(this.#open.values()).size);
        } else if (message.type === 'finished' || message.type === 'refused') {
          this.#open.delete(line);
        }
        handlers.text(text);
      },
      closed: (code) => {
        this.#open.delete(line);
        handlers.closed(code);
      },
    });
    return {
      send: (data) => {
        if (typeof data === 'string') {
          const hello = Hello.safeParse(JSON.parse(data));
          isLive = hello.success ? hello.data.backfill !== true : isLive;
        }
        socket.send(data);
      },
      bufferedBytes: socket.bufferedBytes,
      close: () => {
        this.#open.delete(line);
        socket.close();
      },
    };
  };
}
