import { EventEmitter } from 'node:events';
import type { Clock } from '../../clock';
import type { IngestRefusalCode } from '../../contract/ingest-protocol';
import type { Logger } from '../../logger';
import type { IngestEvents } from '../ingest-events';
import type { RtmpAdmission } from '../rtmp/rtmp-server';
import { streamKeyHash } from '../stream-key';
import { readSdpOffer, type SdpOffer } from './sdp-offer';
import { badKey, SenderAdmission, type SenderAdmitted, type WhipRefusal } from './sender-admission';
import type { TrackKind } from './session-clock';
import { readTrickleFragment } from './trickle-fragment';
import { loadWebRtcAddon, type WebRtcAddon } from './webrtc-addon';
import { UnusableOffer, type WhipNetwork, WhipPeer } from './whip-peer';
import { type SessionTimes, WhipSession } from './whip-session';
import { WhipSource } from './whip-source';

export type WhipServerOptions = {
  /** Asks whose key it is, by its SHA-256 in hexadecimal. */
  admit(keyHash: string, requestId: string): Promise<RtmpAdmission>;
  /** journals are kept below it, in `journals/` */
  dataDirectory: string;
  /** how much media one file of a journal holds, in milliseconds */
  journalFileMs?: number;
  network: WhipNetwork;
  clock: Clock;
  logger: Logger;
  times?: Partial<SessionTimes>;
  /** replaced in tests */
  loadAddon?: () => Promise<WebRtcAddon>;
};

export type WhipAnswer = {
  readonly streamId: string;
  readonly sessionId: string;
  /** names the ICE session: of the other side's user fragment */
  readonly iceTag: string;
  readonly answerSdp: string;
};

type Seat = {
  /** of the offer: what is logged of its sender is known by it */
  readonly requestId: string;
  readonly streamId: string;
  readonly epoch: number;
  readonly keyHash: string;
  readonly iceUserFragment: string;
  /** how often in a row the web named another key */
  otherKeySeen: number;
  readonly session: WhipSession;
  peer: WhipPeer | null;
};

const defaultTimes: SessionTimes = { connectTimeoutMs: 15_000, silenceTimeoutMs: 10_000 };
const notNow: WhipRefusal = {
  code: 'refused',
  message: 'This server takes no streams at the moment: try again in a moment',
};

/** Takes senders in by WHIP (RFC 9725). The newest one with the right key has the stream. */
export class WhipServer extends EventEmitter<IngestEvents> implements AsyncDisposable {
  readonly #seats = new Map<string, Seat>();
  readonly #admission: SenderAdmission;
  #addon: WebRtcAddon | null = null;
  #hasTold = false;
  #isClosing = false;

  constructor(private readonly options: WhipServerOptions) {
    super();
    this.#admission = new SenderAdmission(options.admit);
  }

  /** Whether WebRTC can be spoken here; says once in the log why not. */
  async isAvailable(): Promise<boolean> {
    try {
      this.#addon ??= await (this.options.loadAddon ?? loadWebRtcAddon)();
    } catch (error) {
      if (!this.#hasTold) {
        this.#hasTold = true;
        const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
        this.options.logger.error({ reason }, 'no WHIP here: node-datachannel cannot be loaded on this machine');
      }
    }
    return this.#addon !== null;
  }

  /**
   * Answers an offer.
   *
   * @param path.streamId as the address names it; null: whichever the key is of
   */
  async publish(
    path: { streamId: string | null },
    request: { streamKey: string; offerSdp: string; remoteAddress: string; requestId: string },
  ): Promise<WhipAnswer | WhipRefusal> {
    const { requestId, remoteAddress: address } = request;
    const admission = await this.#admission.admit(request, request.streamKey);
    if (!admission.ok) {
      this.options.logger.info({ requestId, address, code: admission.refusal.code }, 'WHIP sender refused');
      return admission.refusal;
    }
    if (path.streamId !== null && path.streamId !== admission.streamId) {
      return { code: 'wrong_stream', message: 'This stream key is for another stream than the address names' };
    }
    const offer = readSdpOffer(request.offerSdp);
    if ('fault' in offer) {
      return { code: offer.fault, message: offer.message };
    }
    if (offer.audio === null && !admission.takesVideo) {
      return { code: 'unacceptable', message: 'offer: this stream is sound alone, and no sound is offered' };
    }
    return await this.#answer(admission, offer, request);
  }

  async #answer(
    admitted: SenderAdmitted,
    offer: SdpOffer,
    { offerSdp, requestId }: { offerSdp: string; requestId: string },
  ): Promise<WhipAnswer | WhipRefusal> {
    const { streamId, epoch, takesVideo, keyHash } = admitted;
    const addon = this.#addon;
    if (addon === null || this.#isClosing) {
      return notNow;
    }
    const session: WhipSession = new WhipSession({
      ...{ offer, takesVideo, clock: this.options.clock, times: { ...defaultTimes, ...this.options.times } },
      open: async (facts) => await this.#open(seat, facts),
      send: (kind, packet) => seat.peer?.send(kind, packet),
      began: (source) => {
        if (this.#has(seat)) {
          this.emit('source', source);
        }
      },
      over: (reason) => this.#gone(seat, reason),
    });
    const iceUserFragment = /^a=ice-ufrag:(\S+)/m.exec(offerSdp)?.[1] ?? '';
    const seat: Seat = { requestId, streamId, epoch, keyHash, iceUserFragment, otherKeySeen: 0, session, peer: null };
    try {
      const { peer, answerSdp } = await WhipPeer.answer({
        ...{ addon, offer, takesVideo, offerSdp, network: this.options.network },
        datagram: (kind: TrackKind, datagram: Buffer) => session.datagram(kind, datagram),
        gone: () => this.#gone(seat, null),
      });
      seat.peer = peer;
      if (this.#isClosing) {
        this.#leave(seat);
        return notNow;
      }
      this.#sit(seat);
      return { streamId, sessionId: session.id, iceTag: `"${iceUserFragment}"`, answerSdp };
    } catch (error) {
      session.close();
      const reason = error instanceof Error ? error.message : String(error);
      this.options.logger.warn({ requestId, streamId, reason }, 'an offer could not be answered');
      return error instanceof UnusableOffer ? { code: 'malformed', message: 'offer: cannot be used' } : notNow;
    }
  }

  /** Ends a session in good order. @returns null, or why not */
  async finish(path: { streamId: string; sessionId: string }, streamKey: string): Promise<WhipRefusal | null> {
    const seat = this.#seatOf(path, streamKey);
    if ('code' in seat) {
      return seat;
    }
    this.#leave(seat);
    const { source } = seat.session;
    source?.finish();
    this.options.logger.info({ ...idsOf(seat), isFinished: true }, 'WHIP sender gone');
    if (source === null) {
      this.emit('lost', seat.streamId);
    } else {
      this.emit('finished', seat.streamId, source.recorderSession);
    }
    return null;
  }

  /** Takes in candidates that the sender found later. @param iceTag as the request names it; null: it names none */
  trickle(
    path: { streamId: string; sessionId: string },
    request: { streamKey: string; fragment: string; iceTag: string | null },
  ): WhipRefusal | null {
    const seat = this.#seatOf(path, request.streamKey);
    if ('code' in seat) {
      return seat;
    }
    if (request.iceTag !== null && request.iceTag !== `"${seat.iceUserFragment}"`) {
      return { code: 'other_ice_session', message: 'If-Match: is not of this ICE session' };
    }
    const fragment = readTrickleFragment(request.fragment);
    if (fragment === null) {
      return { code: 'malformed', message: 'fragment: is no trickle-ice-sdpfrag (RFC 8840)' };
    }
    if (fragment.userFragment !== null && fragment.userFragment !== seat.iceUserFragment) {
      return { code: 'unacceptable', message: 'fragment: an ICE restart is not taken; send a new offer' };
    }
    try {
      for (const { candidate, mid } of fragment.candidates) {
        seat.peer?.addCandidate(candidate, mid);
      }
      return null;
    } catch {
      return { code: 'malformed', message: 'fragment: a candidate cannot be read' };
    }
  }

  /** Sends the sender of a stream away, and ends what it sent. */
  async closeStream(streamId: string, code: IngestRefusalCode, detail?: string): Promise<void> {
    const seat = this.#seats.get(streamId);
    if (seat !== undefined) {
      this.#leave(seat);
      this.options.logger.info({ ...idsOf(seat), code, detail }, 'WHIP sender sent away');
      await seat.session.source?.close();
    }
  }

  /**
   * Cuts off the sender of a stream that was let in with another key than the one the web names now (null: none). It counts
   * as lost. The web must say so twice, since an answer may have been on its way when the key was made.
   */
  enforceKey(streamId: string, keyHash: string | null): void {
    const seat = this.#seats.get(streamId);
    if (seat === undefined) {
      return;
    }
    seat.otherKeySeen = seat.keyHash === keyHash ? 0 : seat.otherKeySeen + 1;
    if (seat.otherKeySeen > 1) {
      this.#gone(seat, null);
    }
  }

  /** Sends every sender away and closes all sources; journals stay. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await Promise.all([...this.#seats.keys()].map((streamId) => this.closeStream(streamId, 'draining')));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #sit(seat: Seat): void {
    const former = this.#seats.get(seat.streamId);
    this.#seats.set(seat.streamId, seat);
    // What the former one sent ends when the first media of this one is there: until then nothing has taken its place.
    former?.session.close();
    former?.peer?.close();
    this.options.logger.info(idsOf(seat), 'WHIP sender connected');
    this.emit('connected', seat.streamId);
  }

  async #open(seat: Seat, facts: Parameters<ConstructorParameters<typeof WhipSession>[0]['open']>[0]) {
    const { streamId, epoch } = seat;
    const { dataDirectory, journalFileMs, clock, logger } = this.options;
    return await WhipSource.open({
      ...{ streamId, epoch, dataDirectory, journalFileMs, clock, ...facts },
      onFailed: (error) => {
        logger.error({ ...idsOf(seat), reason: error.message }, 'the journal of a WHIP sender failed');
        this.#gone(seat, null);
      },
    });
  }

  #gone(seat: Seat, reason: string | null): void {
    if (this.#has(seat)) {
      this.#leave(seat);
      seat.session.source?.end();
      this.options.logger.info({ ...idsOf(seat), isFinished: false, reason }, 'WHIP sender gone');
      this.emit('lost', seat.streamId, reason ?? undefined);
    }
  }

  #has(seat: Seat): boolean {
    return this.#seats.get(seat.streamId) === seat;
  }

  #leave(seat: Seat): void {
    if (this.#has(seat)) {
      this.#seats.delete(seat.streamId);
    }
    seat.session.close();
    seat.peer?.close();
  }

  /** A session is known only to who has its key: anything else is as if there were none. */
  #seatOf({ streamId, sessionId }: { streamId: string; sessionId: string }, streamKey: string): Seat | WhipRefusal {
    const seat = this.#seats.get(streamId);
    if (seat === undefined || seat.session.id !== sessionId) {
      return { code: 'unknown_session', message: 'There is no such session, or it is over' };
    }
    return seat.keyHash === streamKeyHash(streamKey) ? seat : badKey;
  }
}

function idsOf({ requestId, streamId }: Seat): { requestId: string; streamId: string } {
  return { requestId, streamId };
}
