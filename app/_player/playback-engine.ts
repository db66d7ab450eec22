import type { LatencyProfile } from '../../stream-node/contract/profiles';

export type PlaybackSource = {
  url: string;
  kind: 'audio' | 'video';
  profile: LatencyProfile;
  /** a live playlist, or a recording */
  isLive: boolean;
  /** thin-data mode: sound alone, in long segments, far behind the edge */
  isThin: boolean;
};

export type EngineHandlers = {
  /** the playlist is read: times can be asked for */
  ready: () => void;
  levels: (heights: number[], chosen: number | null) => void;
  /** something failed and is being tried again */
  troubled: () => void;
  /** the media that can be played has grown */
  grown: () => void;
  /** media arrives (again) */
  recovered: () => void;
  /** media comes in other steps from here on: in whole segments, where connections are too few or answers stay away, or in parts again */
  stepsChanged: () => void;
  /** the stream is not there any more (404, 410) */
  gone: () => void;
};

/** The stretch that can be played now, on the event clock (unix ms). */
export type PlayableWindow = { startMs: number; endMs: number };

/** What plays a stream into a media element: hls.js, or the browser itself where it has no MSE. */
export type PlaybackEngine = {
  dateAt(mediaSeconds: number): number | null;
  timeAt(dateMs: number): number | null;
  window(): PlayableWindow | null;
  /** the media time where a live player belongs that joins now */
  liveTime(): number | null;
  /** the media time where the newest playlist ends; null where what arrives does not follow it part by part */
  edgeTime(): number | null;
  /** begins at a media time; asked when the playlist is read and nothing of it is loaded yet */
  startAt(mediaSeconds: number): void;
  /** the height to play, or null to choose by the line */
  setHeight(height: number | null): void;
  close(): void;
};
