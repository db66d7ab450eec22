import { open } from 'node:fs/promises';
import type { Clock } from '../clock';
import { journalPath } from './journal';
import { readHeader } from './journal-format';
import { JournaledSource, openJournal } from './journaled-source';

/** A recorder session that nobody sends any more, whichever way it came in: what its journal holds of it. */
export class LeftJournal extends JournaledSource {
  get ingestKind(): 'websocket' | 'rtmp' {
    return this.container === 'flv' ? 'rtmp' : 'websocket';
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
    const file = await open(journalPath(dataDirectory, streamId, recorderSession), 'r').catch(() => null);
    const found = file === null ? null : await readHeader(file);
    await file?.close();
    if (found === null) {
      return null;
    }
    const { header } = found;
    const opened = await openJournal(header, dataDirectory);
    const source = new LeftJournal(
      { header, epoch: header.epoch, dataDirectory, clock, onClosed: () => {}, isLive: false },
      opened,
    );
    await source.recover();
    return source;
  }
}
