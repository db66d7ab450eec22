import type { IngestSource } from '../ingest/ingest-source';
import { StreamPackager } from '../packager/stream-packager';
import { StreamRecorder } from '../recorder/stream-recorder';
import { publishedMedia } from '../store/published-media';
import { StreamLedger } from '../store/stream-ledger';
import { plannedRenditions } from '../transcode/transcode-plan';
import { IngestSession } from './ingest-session';
import type { StreamPorts } from './stream-ports';

/** Live encoding goes first. */
const niceness = 10;
/** A window that nobody reads: as little as a packager keeps. */
const windowBytesMax = 1_000_000;

/** What is needed of the node for that. */
export type RemakePorts = Pick<
  StreamPorts,
  'recordings' | 'dataDirectory' | 'logger' | 'abilities' | 'ffprobePath' | 'encoderStallMs' | 'clock' | 'uriPrefix'
>;

/**
 * Makes what a session's journal holds and the recording lacks into a take, by an ffmpeg of its own and without a live window:
 * from the last keyframe before what is stored, on the session's own time grid.
 *
 * @returns whether everything of the session is now in the recording, or nobody wants it there
 */
export async function remakeJournal(source: IngestSource, ports: RemakePorts, signal: AbortSignal): Promise<boolean> {
  const { streamId, epoch, recorderSession } = source;
  const takes = await ports.recordings.takesOf(streamId);
  const { entry } = await StreamLedger.open(ports.dataDirectory, streamId);
  if (!(entry?.record ?? takes.length > 0)) {
    return true;
  }
  const logger = ports.logger.child({ streamId, recorderSession });
  let recorder: StreamRecorder | undefined;
  let isStored = true;
  let runs = 0;
  const session = new IngestSession({
    source,
    profile: 'balanced',
    fixed: entry && { renditions: entry.renditions, cut: entry.cut },
    publishedBefore: publishedMedia(takes, recorderSession),
    // Not behind what was published meanwhile: it lies before that.
    mediaTime: { originMs: entry?.mediaOriginMs, reached: new Map() },
    ...{ abilities: ports.abilities, ffprobePath: ports.ffprobePath, encoderStallMs: ports.encoderStallMs },
    ...{ niceness, logger },
    begin: async ({ plan, timeline, startSeconds }) => {
      const renditions = entry?.renditions ?? plannedRenditions(plan);
      const { clock } = ports;
      const uriPrefix = `${ports.uriPrefix}-remade`;
      const packager = new StreamPackager({
        ...{ cut: plan.cut, renditions, dvrWindowSeconds: 0, windowBytesMax, uriPrefix, clock },
      });
      const onFailed = () => {
        isStored = false;
      };
      recorder = new StreamRecorder({
        ...{ packager, recordings: ports.recordings, streamId, epoch, recorderSession, onFailed },
        renditionIds: plannedRenditions(plan).map(({ id }) => id),
        originSeconds: timeline.originSeconds,
      });
      packager.startSession({ sessionIndex: runs, timeline, startSeconds });
      runs += 1;
      return packager;
    },
    runEnded: async (packager) => {
      packager.finishSession();
      await recorder?.finish();
      packager[Symbol.dispose]();
    },
    onMedia: () => {},
  });
  const stop = () => void session.close();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) {
    stop();
  }
  const end = await session.ended;
  signal.removeEventListener('abort', stop);
  logger.info({ reason: end.reason, message: end.message }, 'the rest of a journal was made into the recording');
  return end.reason === 'finished' && isStored;
}
