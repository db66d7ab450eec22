/// <reference types="dom-mediacapture-transform" />

import { elementFrames } from './element-frames';
import { tappedSound } from './tapped-sound';

/**
 * So many pieces of 10 ms may wait for a page that is busy. Chrome keeps ten, and drops what comes after them: a page that lays
 * itself out for a fifth of a second would tear a hole of a tenth into the commentary.
 */
const waitingSoundsMax = 300;

/** What a picture track gives, frame by frame. */
export type PictureFrames = {
  readonly frames: ReadableStream<VideoFrame>;
  /** its timestamps count from the page's time origin; else from an instant that nobody tells */
  readonly isOnPageClock: boolean;
};

/** Whether this browser lets a page see what its tracks carry, by either way. */
export function canTakeTracksApart(): boolean {
  return hasTrackProcessor() || ('requestVideoFrameCallback' in HTMLVideoElement.prototype && 'AudioWorklet' in window);
}

/** The frames of a picture, from a track processor where pages have it (Chrome, Edge), else from an element that plays it. */
export function pictureFrames(track: MediaStreamTrack): PictureFrames {
  return hasTrackProcessor()
    ? {
        frames: new MediaStreamTrackProcessor({ track: track as MediaStreamVideoTrack }).readable,
        isOnPageClock: false,
      }
    : { frames: elementFrames(track), isOnPageClock: true };
}

/** What a sound track gives, in pieces of about 10 ms, stamped on the page's clock. */
export type SoundPieces = {
  readonly pieces: ReadableStream<AudioData>;
  /** from a sound at the microphone to its timestamp, in milliseconds */
  readonly pathMs: number;
};

/** The device's own buffer, and the hops of the audio graph: through a track processor, and where it is tapped. */
const processorPathMs = 30;
const tapPathMs = 10;

/** A sound from a track processor, else tapped from an audio graph; rejects where a browser has neither. */
export async function soundPieces(track: MediaStreamTrack): Promise<SoundPieces> {
  return hasTrackProcessor()
    ? {
        pieces: new MediaStreamTrackProcessor({
          track: track as MediaStreamAudioTrack,
          maxBufferSize: waitingSoundsMax,
        }).readable,
        pathMs: processorPathMs,
      }
    : { pieces: await tappedSound(track), pathMs: tapPathMs };
}

/** Safari has one in workers, and for pictures alone: it is not asked for. */
function hasTrackProcessor(): boolean {
  return 'MediaStreamTrackProcessor' in window;
}
