import { type CutPlan, leastWindowSeconds } from '../contract/profiles';
import type { DesiredStream } from '../contract/snapshots';
import type { Logger } from '../logger';
import type { StreamPackager } from '../packager/stream-packager';
import { RewindRecorder, rewindFolder } from '../recorder/rewind-recorder';
import { storyboardFolder } from '../store/storyboard-store';
import type { FixedLadder } from '../transcode/transcode-plan';
import { Storyboard } from './storyboard';
import type { StreamPorts } from './stream-ports';

/** What viewers go back to most; older media that is on disk is read from there. */
export const memorySeconds = 180;
/** A window this long is kept in memory where nothing is recorded; of a longer one the disk keeps what is older. */
const unstoredWindowSeconds = 600;

type Wanted = Pick<DesiredStream, 'streamId' | 'epoch' | 'record' | 'dvrWindowSeconds'>;

/** How far back a live playlist reaches, in seconds. */
export function windowSecondsOf({ dvrWindowSeconds }: Wanted, cut: CutPlan): number {
  return Math.max(leastWindowSeconds(cut), dvrWindowSeconds);
}

/** What a stream keeps beside its recording for those who go back in it: older media on disk, and pictures to go by. */
export class KeptForRewind implements AsyncDisposable {
  readonly #kept: readonly AsyncDisposable[];

  constructor(packager: StreamPackager, ladder: FixedLadder, wanted: Wanted, ports: StreamPorts, logger: Logger) {
    const kept = [
      rewindOf(packager, ladder, wanted, ports, logger),
      storyboardOf(packager, ladder, wanted, ports, logger),
    ];
    this.#kept = kept.filter((each) => each !== undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#kept.map((each) => each[Symbol.asyncDispose]()));
  }
}

function rewindOf(packager: StreamPackager, { cut }: FixedLadder, wanted: Wanted, ports: StreamPorts, logger: Logger) {
  const windowSeconds = windowSecondsOf(wanted, cut);
  if (wanted.record || windowSeconds <= unstoredWindowSeconds) {
    return undefined;
  }
  const { streamId, epoch } = wanted;
  const onFailed = (error: Error) =>
    logger.error({ reason: error.message }, 'viewers can go back less far: the disk does not take it');
  return new RewindRecorder({
    ...{ packager, folder: rewindFolder(ports.dataDirectory), streamId, epoch, windowSeconds, onFailed },
  });
}

function storyboardOf(
  packager: StreamPackager,
  ladder: FixedLadder,
  wanted: Wanted,
  { sprites: maker, dataDirectory, uriPrefix }: StreamPorts,
  logger: Logger,
) {
  const rungs = ladder.renditions.filter((rendition) => rendition.kind === 'video');
  const [rendition] = rungs.sort((a, b) => a.bitrate - b.bitrate);
  if (rendition === undefined) {
    return undefined;
  }
  return new Storyboard({
    ...{ packager, rendition, maker, folder: storyboardFolder(dataDirectory, wanted.streamId) },
    filePrefix: `${uriPrefix}${wanted.epoch}`,
    keepSeconds: wanted.record ? null : windowSecondsOf(wanted, ladder.cut),
    onFailed: (error) => logger.warn({ reason: error.message }, 'small pictures could not be made'),
  });
}
