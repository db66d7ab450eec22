import type { Chunk, Hello } from '../contract/ingest-protocol';
import type { JournalHeader } from './journal-format';
import { JournaledSource, type JournaledSourceOptions } from './journaled-source';
import { SessionJournal } from './session-journal';

/**
 * One recorder session of a publisher page. A publisher that reconnects with the same session goes on where the journal
 * ends, also in a restarted process.
 */
export class WebSocketSource extends JournaledSource {
  readonly ingestKind = 'websocket';

  /**
   * Opens the session and its journal.
   *
   * @throws Error of the file system
   */
  static async open(
    options: Omit<JournaledSourceOptions, 'header'> & { hello: Omit<Hello, 'type' | 'grant'> },
  ): Promise<WebSocketSource> {
    const { streamId, recorderSession, mime, container, hasVideo, hasAudio, hint } = options.hello;
    const facts = { streamId, recorderSession, mime, container, hasVideo, hasAudio, ...(hint && { hint }) };
    const header: JournalHeader = { ...facts, type: 'journal', version: 1, epoch: options.epoch, resumable: true };
    const source = new WebSocketSource({ ...options, header }, await SessionJournal.open(header, options));
    await source.recover();
    return source;
  }

  /** Takes in a chunk, if its number is the one that is due. */
  accept(chunk: Chunk): 'taken' | 'duplicate' | 'bad_sequence' | 'bad_media' | 'stream_ended' {
    if (chunk.sequence <= this.ackedSequence) {
      return 'duplicate';
    }
    if (this.ended) {
      return 'stream_ended';
    }
    const isNext = chunk.sequence === this.appendedSequence + 1;
    if (!isNext || (this.lastSequence !== null && chunk.sequence > this.lastSequence)) {
      return 'bad_sequence';
    }
    return this.append(chunk);
  }
}
