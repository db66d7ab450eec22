import type { OpenIngestSocket } from '../../app/_publisher/ingest-socket';
import { openNodeSocket } from '../../app/_publisher/testing/contract-node';
import { decodeChunk, Hello, NodeMessage } from '../../stream-node/contract/ingest-protocol';

type Session = { firstMs: number; ackedMs: number; captureTimesMs: Map<number, number> };

/** A publisher's lines to all nodes, seen from its own side: who has it, and what was acknowledged. */
export class WatchedLines {
  /** lines that were welcomed and are open, by number */
  readonly #open = new Map<number, string>();
  readonly #sessions = new Map<string, Session>();
  #count = 0;
  /** the most nodes that had this publisher at one moment */
  nodesAtOnceMax = 0;

  readonly openSocket: OpenIngestSocket = (url, handlers) => {
    this.#count += 1;
    const line = this.#count;
    let session: Session | undefined;
    const socket = openNodeSocket(url, {
      opened: handlers.opened,
      text: (text) => {
        const message = NodeMessage.parse(JSON.parse(text));
        if (message.type === 'welcome') {
          this.#open.set(line, url);
          this.nodesAtOnceMax = Math.max(this.nodesAtOnceMax, new Set(this.#open.values()).size);
        } else if (message.type === 'ack' && session !== undefined) {
          session.ackedMs = Math.max(session.ackedMs, session.captureTimesMs.get(message.sequence) ?? 0);
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
          session = hello.success ? this.#sessionOf(hello.data.recorderSession) : session;
        } else {
          this.#sent(data, session);
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

  /** The stretches of the event clock of which everything is acknowledged, by recorder session. */
  get acknowledged(): { startMs: number; endMs: number }[] {
    return [...this.#sessions.values()]
      .filter(({ ackedMs }) => ackedMs > 0)
      .map(({ firstMs, ackedMs }) => ({ startMs: firstMs, endMs: ackedMs }));
  }

  #sessionOf(recorderSession: string): Session {
    const session = this.#sessions.get(recorderSession) ?? {
      ...{ firstMs: Number.POSITIVE_INFINITY, ackedMs: 0, captureTimesMs: new Map<number, number>() },
    };
    this.#sessions.set(recorderSession, session);
    return session;
  }

  #sent(frame: Uint8Array, session: Session | undefined): void {
    const chunk = decodeChunk(frame);
    if (typeof chunk !== 'string' && session !== undefined) {
      session.firstMs = Math.min(session.firstMs, chunk.captureTimeMs);
      session.captureTimesMs.set(chunk.sequence, chunk.captureTimeMs);
    }
  }
}
