import { pageNowMs } from './page-clock';

/** Enough to find the first frame after a recorder's start by the ones around it. */
const framesKept = 60;

/**
 * Watches the frames of a picture track go by and keeps their capture times, page clock. A video element that nobody sees
 * shows the track: `requestVideoFrameCallback` is the one place where a page learns when a frame was captured.
 */
export class FrameWatch {
  readonly timesMs: number[] = [];
  readonly #video: HTMLVideoElement;
  #request = 0;

  constructor(track: MediaStreamTrack) {
    this.#video = document.createElement('video');
    this.#video.muted = true;
    this.#video.playsInline = true;
    this.#video.srcObject = new MediaStream([track]);
    if ('requestVideoFrameCallback' in this.#video) {
      this.#watch();
    }
  }

  /** Settles when frames are flowing, or after half a second without any (a hidden page shows none). */
  async start(): Promise<void> {
    // A page that may not play yet has no frames to watch; the recorder's own start then has to do.
    await this.#video.play().catch(() => undefined);
    const deadlineMs = pageNowMs() + 500;
    while (this.timesMs.length === 0 && pageNowMs() < deadlineMs) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  close(): void {
    this.#video.cancelVideoFrameCallback?.(this.#request);
    this.#video.srcObject = null;
  }

  #watch(): void {
    this.#request = this.#video.requestVideoFrameCallback((_now, metadata) => {
      // A canvas has no capture time; its frames are presented as they are captured.
      this.timesMs.push(performance.timeOrigin + (metadata.captureTime ?? metadata.presentationTime));
      if (this.timesMs.length > framesKept) {
        this.timesMs.shift();
      }
      this.#watch();
    });
  }
}
