import { ChunkRecorder } from './chunk-recorder';
import type { Recorder, RecorderHandlers } from './live-session';
import { canRecordByWebCodecs, WebCodecsRecorder } from './webcodecs/webcodecs-recorder';

/**
 * Records with what is quickest here: the browser's own encoders (Chrome, Edge), else its MediaRecorder (Firefox, Safari).
 * Throws where neither records anything that a node reads.
 */
export async function startRecorder(stream: MediaStream, handlers: RecorderHandlers): Promise<Recorder> {
  if (await canRecordByWebCodecs(stream)) {
    return await WebCodecsRecorder.start(stream, handlers);
  }
  return await ChunkRecorder.start(stream, handlers);
}
