import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../clock';
import type { NodeConfig } from '../config';
import type { IngestRefusalCode } from '../contract/ingest-protocol';
import { takesRecordings } from '../contract/recording-state';
import type { Admissions } from '../ingest/admission';
import type { Logger } from '../logger';
import type { PlayableStream } from '../origin/playable-stream';
import { rewindFolder } from '../recorder/rewind-recorder';
import type { diskBytes } from '../store/disk-level';
import { Recordings } from '../store/recordings';
import { deleteStoryboard } from '../store/storyboard-store';
import { StreamLedger } from '../store/stream-ledger';
import type { FfmpegAbilities } from '../transcode/ffmpeg-abilities';
import { SpriteMaker } from '../transcode/sprite-maker';
import { DiskWatch } from './disk-watch';
import type { JournalKeeper } from './journal-keeper';
import { defaultGraceSeconds, newJournalKeeper, remakeInto } from './new-journal-keeper';
import { PieceIntake } from './piece-intake';
import { StreamDirectory, type StreamTraffic } from './stream-directory';
import type { StreamMeter } from './stream-meter';
import type { StreamPorts } from './stream-ports';

export type NodeStreamsOptions = {
  config: NodeConfig;
  logger: Logger;
  meter: StreamMeter;
  abilities: FfmpegAbilities;
  admissions: Admissions;
  /** begins every media file name; new at each start of the node */
  uriPrefix: string;
  /** of the disk that holds a folder; a test may have its own */
  bytesOf?: typeof diskBytes | undefined;
  traffic: Pick<StreamTraffic, 'foreignViewers' | 'bytesOut' | 'forget'>;
  /** Sends away whoever publishes the stream. */
  refusePublisher(streamId: string, code: IngestRefusalCode, message: string): void;
  /** Somebody uploads pieces of the stream: sends away whoever publishes it another way. */
  replacedByPieces(streamId: string): void;
  /** the observed state changed: the web should hear of it at once */
  changed(): void;
};

/** What is opened one after the other, and needs what comes after it only later. */
type Rooms = { directory: StreamDirectory; journals: JournalKeeper; pieces: PieceIntake };

/** All that a node keeps of streams, live and on disk, joined to each other. */
export class NodeStreams implements AsyncDisposable {
  readonly directory: StreamDirectory;
  readonly journals: JournalKeeper;
  readonly pieces: PieceIntake;

  private constructor(
    private readonly options: NodeStreamsOptions,
    readonly recordings: Recordings,
    readonly disk: DiskWatch,
    rooms: Rooms,
  ) {
    this.directory = rooms.directory;
    this.journals = rooms.journals;
    this.pieces = rooms.pieces;
  }

  /** Reads what is on disk. @throws Error of the file system */
  static async open(options: NodeStreamsOptions): Promise<NodeStreams> {
    const { config, logger } = options;
    const folder = recordingsFolder(config);
    const recordings = await Recordings.open({
      folder,
      onMalformed: (takeId, error) => logger.error({ takeId, reason: error.message }, 'a take cannot be read'),
    });
    const rooms: Partial<Rooms> = {};
    const disk = await DiskWatch.start({
      ...{ folder: config.dataDir, limits: config.diskLimits, logger },
      ...(options.bytesOf && { bytesOf: options.bytesOf }),
      onLevel: (before) => {
        if (rooms.directory !== undefined) {
          diskChanged(rooms, takesRecordings(before), disk.takesRecordings);
          options.changed();
        }
      },
    });
    const ports = portsOf(options, recordings, disk, rooms);
    await rm(rewindFolder(config.dataDir), { recursive: true, force: true });
    const directory = await StreamDirectory.open({
      recordingsFolder: folder,
      ports,
      traffic: { ...options.traffic, deleteJournals: (streamId) => deleteRest(streamId, config.dataDir, rooms) },
    });
    rooms.directory = directory;
    const journals = newJournalKeeper(directory, ports);
    rooms.journals = journals;
    const pieces = await PieceIntake.open({
      ...{ ports, admissions: options.admissions, gapWaitMs: config.pieceWaitMs },
      live: (streamId) => directory.live(streamId),
      replaces: (streamId) => options.replacedByPieces(streamId),
      remake: remakeInto(directory, ports),
    });
    rooms.pieces = pieces;
    return new NodeStreams(options, recordings, disk, { directory, journals, pieces });
  }

  /** Waits with the journals that an earlier process left, as long as it was told to. */
  async begin(): Promise<void> {
    await this.journals.begin(async (streamId) => {
      const { entry } = await StreamLedger.open(this.options.config.dataDir, streamId);
      return (entry?.graceSeconds ?? defaultGraceSeconds) * 1000;
    });
  }

  playable(streamId: string): PlayableStream | undefined {
    const stream = this.directory.find(streamId);
    return stream && { ...stream, pieces: this.pieces.playable(streamId) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([
      this.journals[Symbol.asyncDispose](),
      this.pieces[Symbol.asyncDispose](),
      this.directory[Symbol.asyncDispose](),
    ]);
  }
}

/** Where a node keeps its recordings. */
export function recordingsFolder({ dataDir }: Pick<NodeConfig, 'dataDir'>): string {
  return join(dataDir, 'recordings');
}

function portsOf(
  options: NodeStreamsOptions,
  recordings: Recordings,
  disk: DiskWatch,
  rooms: Partial<Rooms>,
): StreamPorts {
  const { config, logger, meter, abilities, uriPrefix } = options;
  return {
    ...{ clock: systemClock, logger, meter, abilities, recordings, disk, uriPrefix },
    sprites: new SpriteMaker(),
    dataDirectory: config.dataDir,
    ffprobePath: config.ffprobePath,
    encoderStallMs: config.encoderStallMs,
    windowBytesMax: config.windowBytesMax,
    refusePublisher: (...refusal) => options.refusePublisher(...refusal),
    journalLeft: (...left) => rooms.journals?.left(...left),
    journalTaken: async (...taken) => await rooms.journals?.letGo(...taken),
    streamOver: async (streamId) => {
      await Promise.all([rooms.journals?.streamOver(streamId), rooms.pieces?.streamOver(streamId)]);
    },
    changed: () => options.changed(),
  };
}

/** What the disk has no room for waits until it has. */
function diskChanged({ directory, journals }: Partial<Rooms>, tookRecordings: boolean, takes: boolean): void {
  if (tookRecordings && !takes) {
    directory?.stopRecording();
    journals?.roomGone();
  } else if (!tookRecordings && takes) {
    journals?.roomAgain();
  }
}

/** Deletes all that is kept of a stream beside its recording. */
async function deleteRest(streamId: string, dataDir: string, { journals, pieces }: Partial<Rooms>): Promise<void> {
  await journals?.forget(streamId);
  await pieces?.forget(streamId);
  await rm(join(dataDir, 'journals', streamId), { recursive: true, force: true });
  await (await StreamLedger.open(dataDir, streamId)).remove();
  await deleteStoryboard(dataDir, streamId);
}
