import type { LatencyProfile } from '../../stream-node/contract/profiles';
import type { StreamState } from '../../stream-node/contract/stream-state';
import type { PersonView } from '../users/person-view';

/** Absolute URLs on the stream's node. */
export type PlaybackUrls = {
  /** the live multivariant playlist; after the end, the recording's */
  hls: string;
  /** the live MPD; after the end, the recording's */
  dash: string;
  /** the commentary audio alone */
  audio: string;
  /** the recording so far, as VOD */
  recording: string;
  recordingAudio: string;
  /** the commentary audio alone, where every byte counts: plain HLS, far behind the edge */
  thin: string;
  recordingThin: string;
};

/** A stream as one reader sees it. */
export type StreamView = {
  id: string;
  eventId: string;
  name: string;
  description: string;
  kind: 'audio' | 'video';
  /** BCP 47 */
  language: string;
  record: boolean;
  visibility: 'public' | 'private';
  profile: LatencyProfile;
  state: StreamState;
  /** why it failed or ended, in words for the broadcaster */
  reason: string | null;
  createdAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
  owner: PersonView;
  viewers: number;
  /** event-clock time of the live edge, unix milliseconds; `null` when not on air */
  liveEdgeMs: number | null;
  /** `null`: there is nothing to play (yet, or any more) */
  playback: PlaybackUrls | null;
  hasRecording: boolean;
  /** of what is shown */
  recordingSeconds: number;
  /** of all that was recorded, from its beginning to its end on the event clock */
  wholeRecordingSeconds: number;
  /** what is shown of it, in seconds from its beginning on the event clock; null: all of it */
  trim: { startSeconds: number | null; endSeconds: number | null } | null;
  /** a still of it; null: none is made yet, or there is no picture */
  posterUrl: string | null;
  /** why it is not recorded though it should be, in words for its broadcaster, who alone is told */
  recordingFault: string | null;
  /** when the recording is deleted by itself; null: never */
  expiresAt: Date | null;
};

/** What is typed into an encoder. */
export type EncoderAccess = {
  /** "Server" in OBS, such as `rtmp://host:1935/live` */
  url: string;
  /** for encoders that speak WHIP, such as `https://host:8001/whip/<stream id>`; the key is their bearer token */
  whipUrl: string;
  /** secret, and told only once: kept as its hash */
  streamKey: string;
};

/** How a publisher reaches the stream's node. */
export type PublishAccess = {
  websocketUrl: string;
  /** secret: the right to send to this stream */
  grant: string;
  expiresAtMs: number;
};
