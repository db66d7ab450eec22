import { chooseRecorderMime, pictureBitrate, soundBitrate } from '../recorder-formats';

/** A complete file, and how much it holds. */
export type RecordedPiece = { file: Blob; seconds: number };

export type PieceRecorder = {
  /** Settles when the last piece was handed over. */
  stop(): Promise<void>;
};

export type PieceRecorderHandlers = { piece: (piece: RecordedPiece) => void; failed: (error: Error) => void };

export type StartPieceRecorder = (stream: MediaStream, handlers: PieceRecorderHandlers) => PieceRecorder;

/** Long enough that a slow line is not busy with heads, short enough that fans are not far behind, in milliseconds. */
const pieceMs = 3000;
/** A node takes no shorter piece, in milliseconds. */
const lastPieceMsMin = 1100;

/**
 * Records what is captured as files that are each complete: one recorder after the other, each begun just before the last one
 * stops, so that nothing falls between them.
 *
 * @throws Error where this browser records nothing that a node reads
 */
export const startPieceRecorder: StartPieceRecorder = (stream, handlers) => {
  const [picture] = stream.getVideoTracks();
  const mimeType = chooseRecorderMime(picture === undefined ? 'audio' : 'video');
  if (mimeType === null) {
    throw new Error('This browser cannot record what zyzz reads.');
  }
  const { width = 1280, height = 720 } = picture?.getSettings() ?? {};
  const options = {
    ...{ mimeType, audioBitsPerSecond: soundBitrate },
    ...(picture !== undefined && { videoBitsPerSecond: pictureBitrate(width, height) }),
  };
  let current = recordOne(stream, options, handlers);
  const timer = setInterval(() => {
    const former = current;
    current = recordOne(stream, options, handlers);
    void former.stop();
  }, pieceMs);
  return {
    stop: async () => {
      clearInterval(timer);
      await current.stop(lastPieceMsMin);
    },
  };
};

function recordOne(stream: MediaStream, options: MediaRecorderOptions, handlers: PieceRecorderHandlers) {
  const recorder = new MediaRecorder(stream, options);
  const beganMs = performance.now();
  const handedOver = new Promise<void>((resolve) => {
    recorder.addEventListener('dataavailable', ({ data }) => {
      if (data.size > 0) {
        handlers.piece({ file: data, seconds: (performance.now() - beganMs) / 1000 });
      }
    });
    recorder.addEventListener('stop', () => resolve(), { once: true });
    recorder.addEventListener('error', () => handlers.failed(new Error('Recording stopped.')), { once: true });
  });
  recorder.start();
  return {
    stop: async (recordedMsMin = 0) => {
      const missingMs = recordedMsMin - (performance.now() - beganMs);
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, missingMs)));
      // One whose tracks have ended has stopped by itself.
      if (recorder.state !== 'inactive') {
        recorder.stop();
      }
      await handedOver;
    },
  };
}
