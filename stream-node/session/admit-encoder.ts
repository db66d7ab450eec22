import type { RtmpAdmissionAnswer } from '../contract/rtmp-admission';
import { type AdmittedStream, refusalOf } from '../ingest/admission';
import { refusals } from '../ingest/refusals';
import type { RtmpAdmission } from '../ingest/rtmp/rtmp-server';
import type { Logger } from '../logger';

export type EncoderPorts = {
  /** whose key it is, by the web */
  ask(keyHash: string): Promise<RtmpAdmissionAnswer>;
  /** the stream as this node was told of it, once it was told of this epoch */
  find(streamId: string, epoch: number): Promise<AdmittedStream | null>;
  kind(streamId: string): 'audio' | 'video' | undefined;
  logger: Logger;
};

const tryAgain = 'zyzz cannot look at stream keys at the moment: try again in a moment';

/** Says whether an encoder may send: first the web, by the key, then this node, by what it was told to do with the stream. */
export async function admitEncoder(keyHash: string, ports: EncoderPorts): Promise<RtmpAdmission> {
  try {
    const answer = await ports.ask(keyHash);
    if (!answer.ok) {
      return { ok: false, code: answer.code === 'node_not_ready' ? 'refused' : 'bad_key', message: answer.message };
    }
    const { streamId, epoch } = answer;
    const stream = await ports.find(streamId, epoch);
    if (stream === null || stream.epoch < epoch) {
      return { ok: false, code: 'refused', message: refusals.stream_not_here.message };
    }
    const refusal = refusalOf(stream);
    if (refusal !== null) {
      return { ok: false, code: 'refused', message: refusals[refusal].message };
    }
    return { ok: true, streamId, epoch: stream.epoch, takesVideo: ports.kind(streamId) !== 'audio' };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    ports.logger.warn({ reason }, 'the web could not be asked for a stream key');
    return { ok: false, code: 'refused', message: tryAgain };
  }
}
