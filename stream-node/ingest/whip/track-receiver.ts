import { H264Depacketizer } from './h264-depacketizer';
import type { Depacketizer, VideoConfig, VideoFrame } from './media-frame';
import { opusDurationMs } from './opus-packet';
import { ReorderBuffer } from './reorder-buffer';
import {
  type SenderReport,
  writeBitrateLimit,
  writeKeyframeRequest,
  writeReceiverReport,
  writeReportRequest,
  writeRetransmissionRequest,
} from './rtcp-packet';
import type { RtpPacket } from './rtp-packet';
import type { OfferedMedia } from './sdp-offer';
import { SoundGaps } from './sound-gaps';
import { Vp8Depacketizer } from './vp8-depacketizer';

/** A frame of either kind that a decoder can use, for all before it came too. */
export type ReceivedFrame = {
  readonly timestamp: number;
  readonly bytes: Buffer;
  readonly isKeyframe: boolean;
  /** of sound; 0 for a picture */
  readonly durationMs: number;
  readonly config: VideoConfig | null;
};

export type TrackReceiverOptions = {
  media: OfferedMedia;
  /** bits per second that a picture may have */
  bitrateMax: number;
  /** Sends RTCP to the other side. */
  send: (packet: Buffer) => void;
  frame: (frame: ReceivedFrame) => void;
};

/** Sound that comes this late is not waited for: it is not sent again, only put in order. */
const audioPatienceMs = 60;
/** Long enough to ask for a packet several times. */
const videoPatienceMs = 300;
/** A keyframe that was asked for takes a moment to be made and sent, in milliseconds. */
const keyframeAgainMs = 500;
/** Without a keyframe now and then a journal could be read only from its beginning. */
const keyframeEveryMs = 5000;
const reportEveryMs = 1000;
/** A report that was asked for takes a round trip, and of several the least late counts, in milliseconds. */
const reportAgainMs = 100;

/** One track from its packets to its frames: order, loss, keyframes, and what the sender is told of them. */
export class TrackReceiver {
  readonly kind: 'audio' | 'video';
  readonly #reorder: ReorderBuffer;
  readonly #depacketizer: Depacketizer | null;
  readonly #soundGaps = new SoundGaps();
  /** a picture is nothing without the one that it changes */
  #needsKeyframe = true;
  #keyframeAskedAtMs = Number.NEGATIVE_INFINITY;
  #keyframeAtMs: number | null = null;
  #config: VideoConfig | null = null;
  #reportAskedAtMs = Number.NEGATIVE_INFINITY;
  #ssrc: number | null = null;
  #reportedAtMs = Number.NEGATIVE_INFINITY;
  #reported = { highest: 0, received: 0 };
  #heard: { report: SenderReport; atMs: number } | null = null;
  #firstSequence: number | null = null;

  constructor(private readonly options: TrackReceiverOptions) {
    const { kind, codec, parameterSets } = options.media;
    this.kind = kind;
    this.#reorder = new ReorderBuffer({ patienceMs: kind === 'audio' ? audioPatienceMs : videoPatienceMs });
    this.#depacketizer =
      kind === 'audio' ? null : codec === 'h264' ? new H264Depacketizer(parameterSets) : new Vp8Depacketizer();
  }

  /** Takes in a packet of the transport; one of another codec or source is left out. */
  packet(packet: RtpPacket, nowMs: number): void {
    if (packet.payloadType !== this.options.media.payloadType) {
      return;
    }
    if (packet.ssrc !== this.#ssrc) {
      this.#ssrc = packet.ssrc;
      this.#heard = null;
    }
    this.#firstSequence ??= packet.sequence;
    this.#deliver(this.#reorder.add(packet, nowMs), nowMs);
    this.#askForMissing(nowMs);
  }

  /** @returns whether the report is of this track */
  senderReport(report: SenderReport, nowMs: number): boolean {
    if (report.ssrc !== this.#ssrc) {
      return false;
    }
    this.#heard = { report, atMs: nowMs };
    return true;
  }

  /** Some moments have passed: what was waited for may be due, and the sender may have to be told something. */
  tick(nowMs: number): void {
    this.#deliver(this.#reorder.due(nowMs), nowMs);
    this.#askForMissing(nowMs);
    const isOld = this.#keyframeAtMs !== null && nowMs - this.#keyframeAtMs >= keyframeEveryMs;
    if (this.kind === 'video' && (this.#needsKeyframe || isOld)) {
      this.requestKeyframe(nowMs);
    }
    if (nowMs - this.#reportedAtMs >= reportEveryMs) {
      this.#tell(nowMs);
    }
  }

  /** Asks for a keyframe, unless one was asked for a moment ago. */
  requestKeyframe(nowMs: number): void {
    const ssrc = this.#ssrc ?? this.options.media.ssrcs[0];
    if (this.kind === 'video' && ssrc !== undefined && nowMs - this.#keyframeAskedAtMs >= keyframeAgainMs) {
      this.#keyframeAskedAtMs = nowMs;
      this.options.send(writeKeyframeRequest(ssrc));
    }
  }

  /**
   * Asks for a sender report, unless one was asked for a moment ago: by itself Chromium's first one of sound comes after
   * 2.5 s (RFC 3550, 6.2: half of an interval of 5 s).
   */
  requestSenderReport(nowMs: number): void {
    if (this.#ssrc !== null && nowMs - this.#reportAskedAtMs >= reportAgainMs) {
      this.#reportAskedAtMs = nowMs;
      this.options.send(writeReportRequest(this.#ssrc));
    }
  }

  /** Frames were left out further on: the next one that can be used is a keyframe. */
  restart(nowMs: number): void {
    this.#needsKeyframe = true;
    this.requestKeyframe(nowMs);
  }

  #deliver(due: readonly (RtpPacket | 'lost')[], nowMs: number): void {
    for (const item of due) {
      if (item === 'lost') {
        this.#depacketizer?.lost();
        this.#interrupted(nowMs);
      } else if (this.#depacketizer === null) {
        this.#sound(item);
      } else {
        for (const frame of this.#depacketizer.push(item)) {
          this.#picture(frame, nowMs);
        }
      }
    }
  }

  #interrupted(nowMs: number): void {
    if (this.kind === 'video') {
      this.restart(nowMs);
    }
  }

  #sound({ payload, timestamp }: RtpPacket): void {
    const durationMs = opusDurationMs(payload);
    const filled = durationMs === null ? [] : this.#soundGaps.filled({ timestamp, bytes: payload, durationMs });
    for (const packet of filled) {
      this.options.frame({ ...packet, isKeyframe: true, config: null });
    }
  }

  #picture(frame: VideoFrame | 'damaged', nowMs: number): void {
    if (frame === 'damaged') {
      this.#interrupted(nowMs);
      return;
    }
    this.#config = frame.config ?? this.#config;
    if (frame.isKeyframe && frame.config !== null) {
      this.#needsKeyframe = false;
      this.#keyframeAtMs = nowMs;
    }
    if (!this.#needsKeyframe) {
      const { timestamp, bytes, isKeyframe } = frame;
      this.options.frame({ timestamp, bytes, isKeyframe, durationMs: 0, config: this.#config });
    }
  }

  #askForMissing(nowMs: number): void {
    const sequences = this.kind === 'video' && this.#ssrc !== null ? this.#reorder.missing(nowMs) : [];
    if (sequences.length > 0 && this.#ssrc !== null) {
      this.options.send(writeRetransmissionRequest(this.#ssrc, sequences));
    }
  }

  #tell(nowMs: number): void {
    if (this.#ssrc === null || this.#firstSequence === null) {
      return;
    }
    this.#reportedAtMs = nowMs;
    const { receivedCount, highestSequence, lostCount } = this.#reorder;
    const expected = Math.max(0, highestSequence - Math.max(this.#reported.highest, this.#firstSequence - 1));
    const lost = Math.max(0, expected - (receivedCount - this.#reported.received));
    this.#reported = { highest: highestSequence, received: receivedCount };
    const report = writeReceiverReport({
      mediaSsrc: this.#ssrc,
      fractionLost: expected === 0 ? 0 : Math.min(255, Math.floor((lost * 256) / expected)),
      packetsLost: lostCount,
      highestSequence,
      lastReportMiddle: this.#heard?.report.ntpMiddle ?? 0,
      delaySinceLastReport: this.#heard === null ? 0 : Math.round(((nowMs - this.#heard.atMs) / 1000) * 65_536),
    });
    const limit = this.kind === 'video' ? [writeBitrateLimit(this.#ssrc, this.options.bitrateMax)] : [];
    this.options.send(Buffer.concat([report, ...limit]));
  }
}
