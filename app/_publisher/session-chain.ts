import type { BacklogItem } from './backlog';
import type { LiveSession } from './live-session';

/** How long the recorder before waits for the first chunk of the next one, so that nothing falls between them. */
const overlapMsMax = 2000;
/** How long a node that is about to stop is given to take the last chunks of a session, before the next node is connected to. */
const farewellMsMax = 3000;

export type SessionChainOptions = {
  /** Begins a session whose line opens once `connectAfter` settles; `recorderFailed`: the browser gave the recording up. */
  begin: (connectAfter: Promise<void>, recorderFailed: () => void) => Promise<LiveSession>;
  /** `ending`: no session takes the place of the last one; `over`: none is kept at all */
  phase: () => 'running' | 'ending' | 'over';
  /** Takes what a session could not send while it was live. */
  leaveRest: (rest: BacklogItem) => void;
  /** No session could take the place of the one before; `reason` in words for the broadcaster. */
  failed: (reason: string) => void;
};

/**
 * The recorder sessions of one broadcast, one after the other, and how each takes the place of the one before. What is
 * captured belongs to exactly one of them, but for the overlap of two recorders.
 */
export class SessionChain {
  readonly #options: SessionChainOptions;
  #current: LiveSession | null = null;
  /** recorded to their end, and not yet sent */
  readonly #closing = new Set<LiveSession>();
  #sent: Promise<void> = Promise.resolve();
  /** sessions that the line came back too late for, on their way to the backlog */
  #retiring: Promise<void> = Promise.resolve();
  #changing: Promise<void> | null = null;

  constructor(options: SessionChainOptions) {
    this.#options = options;
  }

  /** the one that records now */
  get current(): LiveSession | null {
    return this.#current;
  }

  /** of sessions that are recorded to their end, in bytes */
  get queuedBytes(): number {
    return [...this.#closing].reduce((sum, { client }) => sum + client.queueLength.bytes, 0);
  }

  /** Begins another session with what is captured now. */
  async next(): Promise<void> {
    let begun: LiveSession | null = null;
    let hasFailed = false;
    const session = await this.#options.begin(this.#sent, () => {
      hasFailed = true;
      void this.#onRecorderFailed(() => begun);
    });
    begun = session;
    if (this.#options.phase() === 'over') {
      await session.close();
    } else {
      this.#current = session;
      if (hasFailed) {
        // It had failed before its session began, and nobody knew yet whose failure that was.
        void this.#onRecorderFailed(() => begun);
      }
    }
  }

  /** Stops the recorder; its client sends the rest by itself, and whoever comes next waits for that. */
  async closeCurrent(): Promise<void> {
    const session = this.#current;
    if (session === null) {
      return;
    }
    this.#current = null;
    this.#closing.add(session);
    await session.stopRecorder();
    this.#sent = session.finish().finally(() => this.#closing.delete(session));
    this.#sent.catch(() => undefined);
  }

  /** Settles when the node has everything of the sessions that were closed, or the backlog has; rejects when it refused one. */
  async whenSent(): Promise<void> {
    const refused = await this.#sent.then(
      () => null,
      (error: unknown) => ({ error }),
    );
    await this.#retiring;
    if (refused !== null) {
      throw refused.error;
    }
  }

  /** Settles when no session is taking the place of another. */
  async whenSettled(): Promise<void> {
    await this.#changing;
  }

  /** The current session is sent to its end, and another one begins. */
  async restart(): Promise<void> {
    await this.#change(async () => {
      await this.closeCurrent();
      await this.next();
    });
  }

  /** The next session begins at the live edge before the old one stops; the rest of the old one goes to the backlog. */
  async handOver(): Promise<void> {
    await this.#change(async () => {
      const old = this.#current;
      if (old === null) {
        return;
      }
      old.client.detach();
      await this.next();
      await Promise.race([this.#current?.begun, after(overlapMsMax)]);
      this.#options.leaveRest(await old.retire());
    });
  }

  /**
   * The node is about to stop. The next session is recorded before the old one stops, so that nothing falls between, and its
   * line opens when the old node has all of the old one: no two nodes ever have this publisher.
   *
   * @param findNode asks for another node, and tells whether there is one
   */
  async move(findNode: () => Promise<boolean>): Promise<void> {
    await this.#change(async () => {
      const old = this.#current;
      if (old === null || !(await findNode())) {
        return;
      }
      let leave = () => {};
      const left = new Promise<void>((resolve) => {
        leave = resolve;
      });
      this.#sent = Promise.race([left, after(farewellMsMax)]);
      await this.next();
      await Promise.race([this.#current?.begun, after(overlapMsMax)]);
      this.#closing.add(old);
      await old.stopRecorder();
      const isSent = await Promise.race([old.finish().then(() => true), after(farewellMsMax)]).catch(() => false);
      this.#closing.delete(old);
      if (isSent !== true) {
        old.client.detach();
        this.#options.leaveRest(await old.retire());
      }
      leave();
    });
  }

  /** The line came back too late for what a session still has, or the stream has another node by now. */
  detached(session: LiveSession): void {
    if (this.#closing.has(session)) {
      this.#retiring = Promise.all([this.#retiring, session.retire()]).then(([, rest]) =>
        this.#options.leaveRest(rest),
      );
    } else {
      void this.handOver();
    }
  }

  /** Lets go of all lines at once. */
  close(): void {
    const session = this.#current;
    this.#current = null;
    void session?.close();
    for (const closing of this.#closing) {
      void closing.close();
    }
  }

  /** A recorder that fails in the middle of a change is the business of that change, but for the one that has just begun. */
  async #onRecorderFailed(session: () => LiveSession | null): Promise<void> {
    await this.#changing;
    const failed = session();
    if (failed !== null && failed === this.#current) {
      await this.restart();
    }
  }

  /** One change at a time; asked for again meanwhile, it is the same one. */
  async #change(step: () => Promise<void>): Promise<void> {
    if (this.#options.phase() !== 'running') {
      return;
    }
    this.#changing ??= step()
      .catch((error: unknown) => this.#options.failed(error instanceof Error ? error.message : 'Recording stopped.'))
      .finally(() => {
        this.#changing = null;
      });
    await this.#changing;
  }
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
