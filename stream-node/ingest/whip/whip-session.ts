import { randomBytes } from 'node:crypto';
import type { Clock } from '../../clock';
import { MatroskaWriter } from './matroska-writer';
import { readSenderReports } from './rtcp-packet';
import { isRtcp, readRtpPacket } from './rtp-packet';
import type { SdpOffer } from './sdp-offer';
import { SessionClock, type TrackKind } from './session-clock';
import { StartingFrames } from './starting-frames';
import { type ReceivedFrame, TrackReceiver } from './track-receiver';
import type { WhipSource, WhipSourceOptions } from './whip-source';

export type SessionTimes = {
  /** how long the first packet is waited for after the answer */
  readonly connectTimeoutMs: number;
  /** after so long without a packet the sender is taken for gone */
  readonly silenceTimeoutMs: number;
};

export type WhipSessionOptions = {
  offer: SdpOffer;
  takesVideo: boolean;
  clock: Clock;
  times: SessionTimes;
  /** Makes the source once it is known what comes. */
  open(facts: Pick<WhipSourceOptions, 'hasVideo' | 'hasAudio' | 'hint' | 'onRead'>): Promise<WhipSource>;
  /** sends RTCP */
  send(kind: TrackKind, packet: Buffer): void;
  /** the media is there, with its first bytes */
  began(source: WhipSource): void;
  /** it is over, but for what the owner of this does about it. `reason` is for the broadcaster */
  over(reason: string | null): void;
};

const tickMs = 20;
/** What a picture may take of the line; our ladder makes no more of it. */
const bitrateMax = 6_000_000;

/** One sender's media, from datagrams to the source that the rest of the node reads. */
export class WhipSession {
  /** part of the session's address: who knows it may end the session, if they have the key too */
  readonly id = randomBytes(16).toString('base64url');
  readonly #receivers = new Map<TrackKind, TrackReceiver>();
  readonly #sessionClock = new SessionClock();
  readonly #starting: StartingFrames;
  readonly #timer: NodeJS.Timeout;
  #heardAtMs: number | null = null;
  readonly #createdAtMs: number;
  #source: WhipSource | null = null;
  #writer: MatroskaWriter | null = null;
  /** goes out with the first block */
  #head: Buffer = Buffer.alloc(0);
  #isOpening = false;
  #isOver = false;

  constructor(private readonly options: WhipSessionOptions) {
    const { offer, takesVideo } = options;
    for (const media of [offer.audio, takesVideo ? offer.video : null]) {
      if (media !== null) {
        const receiver = new TrackReceiver({
          media,
          bitrateMax,
          send: (packet) => options.send(media.kind, packet),
          frame: (frame) => this.#frame(media.kind, frame),
        });
        this.#receivers.set(media.kind, receiver);
      }
    }
    this.#starting = new StartingFrames([...this.#receivers.keys()]);
    this.#createdAtMs = options.clock.nowMs();
    this.#timer = setInterval(() => this.#tick(), tickMs);
  }

  get source(): WhipSource | null {
    return this.#source;
  }

  /** Takes in what came from the other side on one track. */
  datagram(kind: TrackKind, datagram: Buffer): void {
    if (this.#isOver) {
      return;
    }
    const nowMs = this.options.clock.nowMs();
    this.#heardAtMs = nowMs;
    if (isRtcp(datagram)) {
      for (const report of readSenderReports(datagram)) {
        this.#report(report, nowMs);
      }
      return;
    }
    const packet = readRtpPacket(datagram);
    if (packet !== null) {
      this.#receivers.get(kind)?.packet(packet, nowMs);
    }
  }

  /** No more is taken in. */
  close(): void {
    this.#isOver = true;
    clearInterval(this.#timer);
  }

  #report(report: ReturnType<typeof readSenderReports>[number], nowMs: number): void {
    for (const [kind, receiver] of this.#receivers) {
      if (receiver.senderReport(report, nowMs)) {
        this.#sessionClock.report(kind, report);
      }
    }
  }

  #tick(): void {
    const { clock, times } = this.options;
    const nowMs = clock.nowMs();
    const isGone =
      this.#heardAtMs === null
        ? nowMs - this.#createdAtMs > times.connectTimeoutMs
        : nowMs - this.#heardAtMs > times.silenceTimeoutMs;
    if (isGone) {
      this.#end(null);
      return;
    }
    for (const receiver of this.#receivers.values()) {
      receiver.tick(nowMs);
      if (this.#writer === null) {
        receiver.requestSenderReport(nowMs);
      }
    }
    this.#beginIfReady(nowMs);
  }

  #frame(kind: TrackKind, frame: ReceivedFrame): void {
    const arrivedMs = this.options.clock.nowMs();
    const mediaMs = this.#sessionClock.arrived(kind, frame.timestamp, frame.durationMs, arrivedMs);
    const arrived = { ...frame, kind, mediaMs, arrivedMs };
    if (this.#writer !== null) {
      this.#write(arrived);
    } else if (this.#starting.add(arrived)) {
      this.#beginIfReady(arrivedMs);
    } else {
      this.#end('Too much came before it could be told what it is');
    }
  }

  #beginIfReady(nowMs: number): void {
    if (
      !this.#isOpening &&
      !this.#isOver &&
      this.#starting.isReady(nowMs, (kind) => this.#sessionClock.isReported(kind))
    ) {
      this.#isOpening = true;
      this.#begin().catch(() => this.#end('The session could not be kept on this node’s disk'));
    }
  }

  async #begin(): Promise<void> {
    const { videoConfig, hasAudio, frameRate } = this.#starting;
    const hasVideo = videoConfig !== null;
    const source = await this.options.open({
      hasVideo,
      hasAudio,
      hint: {
        ...(videoConfig && { width: videoConfig.width, height: videoConfig.height }),
        ...(frameRate && { frameRate }),
      },
      onRead: () => this.#receivers.get('video')?.requestKeyframe(this.options.clock.nowMs()),
    });
    if (this.#isOver) {
      await source.deleteJournal();
      return;
    }
    this.#source = source;
    const frames = this.#starting.take((kind) => this.#sessionClock.eventZeroMs(kind));
    this.#sessionClock.begin(frames.beginMs);
    this.#writer = new MatroskaWriter({ video: videoConfig, hasAudio });
    this.#head = this.#writer.head();
    for (const frame of frames.frames) {
      this.#write(frame);
    }
    this.options.began(source);
  }

  #write(frame: ReceivedFrame & { kind: TrackKind; mediaMs: number; arrivedMs: number }): void {
    const { kind, isKeyframe, bytes } = frame;
    const writer = this.#writer;
    const source = this.#source;
    const timeMs = this.#sessionClock.containerMs(kind, frame);
    const zeroMs = this.#sessionClock.zeroMs();
    if (writer === null || source === null || timeMs === null || zeroMs === null || this.#isOver) {
      return;
    }
    if (typeof timeMs === 'string') {
      this.#end(timeMs);
      return;
    }
    if (source.saturated) {
      // A line cannot be made to wait: what there is no room for is lost, and the picture goes on with a keyframe.
      this.#receivers.get(kind)?.restart(this.options.clock.nowMs());
      return;
    }
    const wholeMs = Math.round(timeMs);
    const block = writer.block({ kind, timeMs: wholeMs, isKeyframe, bytes });
    const taken = source.put(Buffer.concat([this.#head, block]), zeroMs + wholeMs);
    this.#head = Buffer.alloc(0);
    if (taken === 'bad_media') {
      this.#end('The timestamps are not those of a live sender');
    }
  }

  #end(reason: string | null): void {
    if (!this.#isOver) {
      this.close();
      this.options.over(reason);
    }
  }
}
