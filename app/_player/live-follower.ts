import { FarBehind } from './far-behind';
import { LagTarget, type LatencyTargets, latencyTargets, steer } from './latency-controller';
import type { PlaybackEngine, PlaybackSource } from './playback-engine';
import { QuickResume } from './quick-resume';

const lookEveryMs = 50;

/**
 * Drives a media element along the live edge by the latency controller: watches the buffer grow, and sets the rate or
 * jumps. While the viewer is behind on purpose (rewound, or paused and went on) it leaves the element alone.
 */
export class LiveFollower {
  readonly #media: HTMLMediaElement;
  readonly #engine: PlaybackEngine;
  #target: LagTarget;
  readonly #targets: LatencyTargets;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #listening = new AbortController();
  readonly #farBehind = new FarBehind();
  readonly #quickResume = new QuickResume();
  #isFollowing = true;
  #bufferEnd: number | null = null;

  constructor(media: HTMLMediaElement, engine: PlaybackEngine, source: PlaybackSource) {
    this.#media = media;
    this.#engine = engine;
    this.#targets = latencyTargets(source.kind, source.profile);
    this.#target = new LagTarget(this.#targets);
    this.#timer = setInterval(() => this.#look(), lookEveryMs);
    const { signal } = this.#listening;
    media.addEventListener('waiting', () => this.#onWaiting(), { signal });
    media.addEventListener('playing', () => this.#quickResume.plays(), { signal });
    media.addEventListener('timeupdate', () => this.#lookBehindLockedScreen(), { signal });
  }

  get isFollowing(): boolean {
    return this.#isFollowing;
  }

  /** The viewer went somewhere else in time, or stopped: no catching up until they ask for it. */
  release(): void {
    this.#isFollowing = false;
    this.#media.playbackRate = 1;
  }

  /** Back to the live edge. */
  goLive(): void {
    const liveTime = this.#engine.liveTime();
    if (liveTime !== null && Math.abs(liveTime - this.#media.currentTime) > 0.5) {
      this.#media.currentTime = liveTime;
    }
    this.#isFollowing = true;
  }

  /** Media was added to what can be played. Seen only at the next look, every part would seem later than it came. */
  mediaArrived(): void {
    this.#look();
  }

  /** Media comes in other steps from now on: what was learnt of them is of no use. */
  learnAnew(): void {
    this.#target = new LagTarget(this.#targets);
    this.#media.playbackRate = 1;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#listening.abort();
    this.#media.playbackRate = 1;
  }

  /** There timers come once a second, or not at all; what plays still tells of itself. */
  #lookBehindLockedScreen(): void {
    if (document.visibilityState === 'hidden') {
      this.#look();
    }
  }

  #onWaiting(): void {
    this.#quickResume.ranDry();
    if (this.#isFollowing && !this.#media.seeking && !this.#media.paused) {
      this.#target.stalled(nowSeconds());
    }
  }

  #look(): void {
    const media = this.#media;
    const end = bufferedEnd(media);
    const atSeconds = nowSeconds();
    if (end === null) {
      this.#bufferEnd = null;
      return;
    }
    if (this.#bufferEnd !== null && end > this.#bufferEnd) {
      const edge = this.#engine.edgeTime();
      this.#target.arrived({ atSeconds, endBefore: this.#bufferEnd, endAfter: end, edge });
    } else if (this.#bufferEnd !== null && end < this.#bufferEnd - 0.5) {
      // A seek to another range: what was learnt belongs to the old one.
      this.#target.forget();
    }
    this.#bufferEnd = end;
    if (!this.#isFollowing || media.paused || media.seeking || media.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) {
      return;
    }
    const liveTime = this.#engine.liveTime();
    if (liveTime !== null && this.#farBehind.look(atSeconds, liveTime - media.currentTime)) {
      media.currentTime = liveTime;
      return;
    }
    if (this.#engine.edgeTime() !== null && this.#quickResume.look(atSeconds, end - media.currentTime)) {
      const { currentTime } = media;
      media.currentTime = currentTime;
      return;
    }
    const aim = this.#target.at(atSeconds);
    if (aim === null) {
      return;
    }
    const { rate, jumpSeconds } = steer(
      atSeconds - media.currentTime - aim,
      end - media.currentTime,
      media.playbackRate,
    );
    if (jumpSeconds > 0) {
      media.currentTime += jumpSeconds;
    }
    const rounded = Math.round(rate * 100) / 100;
    if (media.playbackRate !== rounded) {
      media.playbackRate = rounded;
    }
  }
}

function nowSeconds(): number {
  return performance.now() / 1000;
}

/** The end of the range that the playhead is in; null when it is in none. */
function bufferedEnd(media: HTMLMediaElement): number | null {
  const { buffered, currentTime } = media;
  for (let index = 0; index < buffered.length; index += 1) {
    // A playhead on the very edge of a gap counts as inside.
    if (buffered.start(index) <= currentTime + 0.1 && currentTime <= buffered.end(index) + 0.05) {
      return buffered.end(index);
    }
  }
  return null;
}
