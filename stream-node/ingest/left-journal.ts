import { open, stat } from 'node:fs/promises';
import type { Clock } from '../clock';
import { continuationNumbers, continuationPath, journalPath, removeContinuations } from './journal-files';
import { readHeader } from './journal-format';
import { JournaledSource } from './journaled-source';
import { SessionJournal } from './session-journal';

/** A recorder session that nobody sends any more, whichever way it came in: what its journal holds of it. */
export class LeftJournal extends JournaledSource {
  #isResumable = false;
  #writtenAtMs = 0;

  get ingestKind(): 'websocket' | 'rtmp' {
    return this.container === 'flv' ? 'rtmp' : 'websocket';
  }

  /** Its publisher keeps what was not acknowledged, and may come back with it. */
  get isResumable(): boolean {
    return this.#isResumable && !this.finished;
  }

  /** when something was last added to it, unix milliseconds */
  get writtenAtMs(): number {
    return this.#writtenAtMs;
  }

  /**
   * `null` for a journal that is gone, or never held anything.
   *
   * @throws Error of the file system
   */
  static async open(options: {
    streamId: string;
    recorderSession: string;
    dataDirectory: string;
    clock: Clock;
  }): Promise<LeftJournal | null> {
    const { streamId, recorderSession, dataDirectory, clock } = options;
    const path = journalPath(dataDirectory, streamId, recorderSession);
    const file = await open(path, 'r').catch(() => null);
    const found = file === null ? null : await readHeader(file);
    await file?.close();
    if (found === null) {
      // A crash while it was deleted leaves these.
      await removeContinuations(path, await continuationNumbers(path).catch(() => []));
      return null;
    }
    const { header } = found;
    const newest = (await continuationNumbers(path)).at(-1);
    const { mtimeMs } = await stat(newest === undefined ? path : continuationPath(path, newest));
    const held = await SessionJournal.open(header, { dataDirectory });
    const source = new LeftJournal(
      { header, epoch: header.epoch, dataDirectory, clock, onClosed: () => {}, isLive: false },
      held,
    );
    await source.recover();
    source.#isResumable = header.resumable ?? false;
    source.#writtenAtMs = mtimeMs;
    return source;
  }
}
