import { FailedAttempts } from '../rtmp/failed-attempts';
import type { RtmpAdmission } from '../rtmp/rtmp-server';
import { streamKeyHash, streamKeyShape } from '../stream-key';

/** Why a sender's request is not carried out; `message` is for a person. */
export type WhipRefusal = {
  readonly code:
    | 'no_webrtc'
    | 'bad_key'
    | 'too_many_attempts'
    | 'wrong_stream'
    | 'refused'
    | 'malformed'
    | 'unacceptable'
    | 'unknown_session'
    | 'other_ice_session';
  readonly message: string;
};

/** The same for a key that never was and for one that is no longer good. */
export const badKey: WhipRefusal & { code: 'bad_key' } = {
  code: 'bad_key',
  message: 'This stream key is not valid: make a new one in your booth',
};

export type SenderAdmitted = (RtmpAdmission & { ok: true }) & { readonly keyHash: string };

/** Says whether a sender may publish with its key, and lets nobody try keys at speed. */
export class SenderAdmission {
  readonly #failedAttempts = new FailedAttempts();

  /** @param ask whose key it is, by its SHA-256 in hexadecimal */
  constructor(private readonly ask: (keyHash: string, requestId: string) => Promise<RtmpAdmission>) {}

  async admit(
    { remoteAddress, requestId }: { remoteAddress: string; requestId: string },
    streamKey: string,
  ): Promise<SenderAdmitted | { ok: false; refusal: WhipRefusal }> {
    if (await this.#failedAttempts.areSpent(remoteAddress)) {
      const message = 'Too many wrong stream keys came from this address: wait a minute';
      return { ok: false, refusal: { code: 'too_many_attempts', message } };
    }
    const keyHash = streamKeyHash(streamKey);
    const isKey = streamKeyShape.test(streamKey);
    const admission = isKey ? await this.ask(keyHash, requestId) : { ok: false as const, ...badKey };
    if (admission.ok) {
      return { ...admission, keyHash };
    }
    const { code, message } = admission;
    if (code === 'bad_key') {
      await this.#failedAttempts.count(remoteAddress);
    }
    return { ok: false, refusal: { code, message } };
  }
}
