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
  recordingSeconds: number;
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
