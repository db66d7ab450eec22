import { newId } from '../../contract/ids';
import type { JournalHeader } from '../journal-format';
import { JournaledSource, type JournaledSourceOptions } from '../journaled-source';
import { SessionJournal } from '../session-journal';
import { EncoderClock } from './encoder-clock';
import { encodeFlvHeader, encodeFlvTag } from './flv-tag';
import { inspectAudio, inspectVideo } from './media-payload';
import type { StreamMetadata } from './stream-metadata';

export type RtmpSourceOptions = Omit<JournaledSourceOptions, 'header' | 'onClosed' | 'isLive'> & {
  streamId: string;
  /** false: a picture is left out */
  hasVideo: boolean;
  hint: StreamMetadata;
  /** the journal cannot be written any more */
  onFailed: (error: Error) => void;
};

/**
 * What one RTMP connection publishes, as an FLV file without an end. RTMP acknowledges bytes, not media, so an encoder that
 * comes back begins anew: a publish is a recorder session.
 */
export class RtmpSource extends JournaledSource {
  readonly ingestKind = 'rtmp';
  #encoderClock: EncoderClock | undefined;
  #now: () => number = Date.now;
  #wakeUp = () => {};

  /** Opens the session and its journal. @throws Error of the file system */
  static async open(options: RtmpSourceOptions): Promise<RtmpSource> {
    const { streamId, epoch, hasVideo, hint, clock } = options;
    const header: JournalHeader = {
      ...{ type: 'journal', version: 1, epoch, streamId, recorderSession: newId('recorderSession') },
      ...{ mime: 'video/x-flv', container: 'flv', hasVideo, hasAudio: true, hint },
    };
    const held = await SessionJournal.open(header, options);
    const source = new RtmpSource({ ...options, header, onClosed: () => {} }, held);
    source.#encoderClock = new EncoderClock(clock);
    source.#now = () => clock.nowMs();
    const wakeUp = () => source.#wakeUp();
    source.attach({ acknowledged: wakeUp, drained: wakeUp, finished: wakeUp, failed: options.onFailed });
    source.#put(encodeFlvHeader({ hasVideo, hasAudio: true }));
    return source;
  }

  /**
   * Takes in a message of the encoder: it goes on at once, and to the journal.
   *
   * @returns null, or why this cannot be taken, in words for the broadcaster
   */
  accept(kind: 'audio' | 'video', timestampMs: number, payload: Buffer): string | null {
    const media = kind === 'audio' ? inspectAudio(payload) : inspectVideo(payload);
    const isUnwanted = kind === 'video' && !this.hasVideo;
    const encoderClock = this.#encoderClock;
    if (media.kind === 'empty' || isUnwanted || this.ended || encoderClock === undefined) {
      return null;
    }
    if (media.kind === 'refused') {
      return media.reason;
    }
    // A decoder's configuration is not of any moment; its time must not become the first.
    const timeMs = media.isConfig && encoderClock.zeroMs() === null ? 0 : encoderClock.containerMs(timestampMs);
    if (typeof timeMs === 'string') {
      return timeMs;
    }
    if (!media.isConfig) {
      encoderClock.frame(timeMs + media.compositionMs);
    }
    this.#put(encodeFlvTag({ kind, timestampMs: timeMs, payload }));
    return null;
  }

  /** Resolves when there is room for more, in memory and on the way to the disk. */
  async room(): Promise<void> {
    while (this.saturated) {
      await new Promise<void>((resolve) => {
        this.#wakeUp = resolve;
      });
    }
  }

  /** The encoder said that it stops: the session is complete. */
  finish(): void {
    this.finishAt(this.appendedSequence);
  }

  override end(): void {
    super.end();
    this.#wakeUp();
  }

  #put(bytes: Buffer): void {
    this.append({ sequence: this.appendedSequence + 1, captureTimeMs: this.#now(), bytes });
  }
}
