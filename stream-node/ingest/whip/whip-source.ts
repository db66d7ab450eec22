import { newId } from '../../contract/ids';
import type { JournalHeader } from '../journal-format';
import { JournaledSource, type JournaledSourceOptions } from '../journaled-source';
import { SessionJournal } from '../session-journal';

export type WhipSourceOptions = Omit<JournaledSourceOptions, 'header' | 'onClosed' | 'isLive'> & {
  streamId: string;
  hasVideo: boolean;
  hasAudio: boolean;
  hint: JournalHeader['hint'];
  /** an encoder begins to read: the sooner a keyframe comes, the sooner it has a picture */
  onRead: () => void;
  /** the journal cannot be written any more */
  onFailed: (error: Error) => void;
};

/** What one WHIP session publishes, as a Matroska file without an end. A session that breaks begins anew. */
export class WhipSource extends JournaledSource {
  readonly ingestKind = 'whip';
  #onRead = () => {};

  /** Opens the session and its journal. @throws Error of the file system */
  static async open(options: WhipSourceOptions): Promise<WhipSource> {
    const { streamId, epoch, hasVideo, hasAudio, hint } = options;
    const header: JournalHeader = {
      ...{ type: 'journal', version: 1, epoch, streamId, recorderSession: newId('recorderSession') },
      ...{ mime: 'video/x-matroska', container: 'matroska', hasVideo, hasAudio, ...(hint && { hint }) },
    };
    const held = await SessionJournal.open(header, options);
    const source = new WhipSource({ ...options, header, onClosed: () => {} }, held);
    source.#onRead = options.onRead;
    source.attach({ acknowledged() {}, drained() {}, finished() {}, failed: options.onFailed });
    // The session's clock is ours already: see `SessionClock`.
    source.sample({ offsetMs: 0, roundTripMs: 0 });
    return source;
  }

  override read(fromContainerMs?: number) {
    this.#onRead();
    return super.read(fromContainerMs);
  }

  /** @param eventTimeMs of the block in it, unix milliseconds */
  put(bytes: Buffer, eventTimeMs: number): 'taken' | 'bad_media' {
    return this.ended
      ? 'taken'
      : this.append({ sequence: this.appendedSequence + 1, captureTimeMs: eventTimeMs, bytes });
  }

  /** The sender said that it stops: the session is complete. */
  finish(): void {
    this.finishAt(this.appendedSequence);
  }
}
