import type { Clock } from '../clock';
import type { IngestRefusalCode } from '../contract/ingest-protocol';
import type { Logger } from '../logger';
import type { Recordings } from '../store/recordings';
import type { FfmpegAbilities } from '../transcode/ffmpeg-abilities';
import type { SpriteMaker } from '../transcode/sprite-maker';
import type { StreamMeter } from './stream-meter';

/** What a stream needs of the node it runs on. */
export type StreamPorts = {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly meter: StreamMeter;
  readonly abilities: FfmpegAbilities;
  readonly ffprobePath: string;
  /** how long ffmpeg may put out nothing while media arrives, in milliseconds */
  readonly encoderStallMs: number;
  readonly recordings: Recordings;
  /** whether the disk takes recordings now */
  readonly disk: { readonly takesRecordings: boolean };
  readonly sprites: SpriteMaker;
  /** what must outlive the process is kept below it */
  readonly dataDirectory: string;
  /** bound of the live windows of one stream, in bytes */
  readonly windowBytesMax: number;
  /** begins every media file name; new at each start of the node */
  readonly uriPrefix: string;
  /** A session left its encoder, whether or not its journal stays; see {@link JournalKeeper.left}. */
  journalLeft(streamId: string, recorderSession: string, wholeUpTo: number | null): void;
  /** A session is about to be read: see {@link JournalKeeper.letGo}. */
  journalTaken(streamId: string, recorderSession: string): Promise<void>;
  /** The stream is over here. Resolves when its journals are dealt with. */
  streamOver(streamId: string): Promise<void>;
  /** closes the publisher's connection with a refusal, if there is one */
  refusePublisher(streamId: string, code: IngestRefusalCode, message: string): void;
  /** the observed state changed: the web should hear of it at once */
  changed(): void;
};
