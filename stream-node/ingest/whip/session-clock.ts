import { EncoderClock } from '../rtmp/encoder-clock';
import type { SenderReport } from './rtcp-packet';
import { TrackTime } from './track-time';

export type TrackKind = 'audio' | 'video';

const clockRates: Record<TrackKind, number> = { audio: 48_000, video: 90_000 };
/** How fast sound is moved to where the sender's reports put it: ffmpeg stretches it by twice that without a click. */
const slewPerMs = 0.01;
/** What is wrong by more than this is put right at once, in milliseconds. */
const stepMs = 200;
/** Reports that contradict the arrival by more than any line delays one track before the other are not believed. */
const disbeliefMs = 2000;
/** Media that lies further from its arrival than this has jumped to another time, in milliseconds. */
const jumpMsMax = 10_000;

type Track = {
  readonly time: TrackTime;
  /** event time of media time zero by the frame that was least delayed */
  readonly arrival: EncoderClock;
  /** container time minus media time; null before the container began */
  offsetMs: number | null;
  lastMediaMs: number;
};

/**
 * The time of a session whose two tracks each count from an unknown beginning. Until the sender's reports (RFC 3550, 6.4.1)
 * have said how they lie to each other, their arrival tells, for a frame cannot have come before it happened. Reports that come
 * only after the session began move sound to its place, too slowly to be heard.
 */
export class SessionClock {
  #nowMs = 0;
  readonly #tracks: Record<TrackKind, Track>;
  #containerNowMs = 0;
  /** of container time, by all frames of both tracks */
  readonly #container = new EncoderClock({ nowMs: () => this.#containerNowMs });

  constructor() {
    const newTrack = (kind: TrackKind): Track => ({
      time: new TrackTime(clockRates[kind]),
      arrival: new EncoderClock({ nowMs: () => this.#nowMs }),
      offsetMs: null,
      lastMediaMs: 0,
    });
    this.#tracks = { audio: newTrack('audio'), video: newTrack('video') };
  }

  report(kind: TrackKind, report: SenderReport): void {
    this.#tracks[kind].time.report(report);
  }

  /** The sender has said where a track lies on its clock. */
  isReported(kind: TrackKind): boolean {
    return this.#tracks[kind].time.senderZeroMs !== null;
  }

  /**
   * A frame has come.
   *
   * @param durationMs of sound: a packet comes when its last sample was heard
   * @returns media time of its beginning: milliseconds since the first frame of its track
   */
  arrived(kind: TrackKind, timestamp: number, durationMs: number, nowMs: number): number {
    this.#nowMs = Math.max(this.#nowMs, nowMs);
    const track = this.#tracks[kind];
    const mediaMs = track.time.mediaMs(timestamp);
    track.arrival.frame(mediaMs + durationMs);
    return mediaMs;
  }

  /** Where media time zero of a track lies on the event clock, unix milliseconds; null before its first frame. */
  eventZeroMs(kind: TrackKind): number | null {
    const { audio, video } = this.#tracks;
    const zeros = [audio, video].map(({ arrival, time }) => ({
      arrivalMs: arrival.zeroMs(),
      senderMs: time.senderZeroMs,
    }));
    const seen = zeros.flatMap(({ arrivalMs, senderMs }) => (arrivalMs === null ? [] : [{ arrivalMs, senderMs }]));
    const own = this.#tracks[kind];
    const reported = seen.flatMap(({ arrivalMs, senderMs }) => (senderMs === null ? [] : [arrivalMs - senderMs]));
    const isContradictory = Math.max(...reported) - Math.min(...reported) > disbeliefMs;
    if (own.time.senderZeroMs === null || reported.length < seen.length || isContradictory) {
      return own.arrival.zeroMs();
    }
    // The sender's clock is off from ours by some constant; the least delayed track comes nearest to it.
    return own.time.senderZeroMs + Math.min(...reported);
  }

  /** Fixes container time zero to a moment of the event clock. */
  begin(eventMs: number): void {
    for (const kind of ['audio', 'video'] as const) {
      const zeroMs = this.eventZeroMs(kind);
      this.#tracks[kind].offsetMs = zeroMs === null ? null : zeroMs - eventMs;
    }
    this.#containerNowMs = eventMs;
    this.#container.frame(0);
  }

  /**
   * Container time of a frame that had {@link arrived}, in milliseconds; null for a track that was not there when the
   * container began. A string says what is wrong with it.
   */
  containerMs(
    kind: TrackKind,
    frame: { mediaMs: number; durationMs: number; arrivedMs: number },
  ): number | string | null {
    const track = this.#tracks[kind];
    if (track.offsetMs === null) {
      return null;
    }
    if (kind === 'audio') {
      this.#correctSound(Math.max(0, frame.mediaMs - track.lastMediaMs));
      track.lastMediaMs = Math.max(track.lastMediaMs, frame.mediaMs);
    }
    const timeMs = Math.max(0, frame.mediaMs + track.offsetMs);
    this.#containerNowMs = frame.arrivedMs;
    const zeroMs = this.#container.zeroMs();
    if (zeroMs !== null && Math.abs(zeroMs + timeMs - frame.arrivedMs) > jumpMsMax) {
      return 'the timestamps jumped';
    }
    this.#container.frame(timeMs + frame.durationMs);
    return timeMs;
  }

  /** Event-clock time of container time zero, unix milliseconds; null before it began. */
  zeroMs(): number | null {
    return this.#container.zeroMs();
  }

  /**
   * Only how the tracks lie to each other is corrected, and only sound is moved: it has samples, where a picture that is
   * moved falls from one slot of its frame rate into the next. What both are late by, the event clock finds out.
   */
  #correctSound(passedMs: number): void {
    const { audio, video } = this.#tracks;
    const [audioSender, videoSender] = [audio.time.senderZeroMs, video.time.senderZeroMs];
    if (audio.offsetMs === null || video.offsetMs === null || audioSender === null || videoSender === null) {
      return;
    }
    const errorMs = video.offsetMs + audioSender - videoSender - audio.offsetMs;
    if (Math.abs(errorMs) > disbeliefMs) {
      return;
    }
    const mostMs = Math.abs(errorMs) > stepMs ? Math.abs(errorMs) : passedMs * slewPerMs;
    audio.offsetMs += Math.max(-mostMs, Math.min(mostMs, errorMs));
  }
}
