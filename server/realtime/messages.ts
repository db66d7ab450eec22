import { z } from 'zod';
import { PublicId } from '../../stream-node/contract/ids';
import { StreamState } from '../../stream-node/contract/stream-state';
import type { EventView } from '../events/event-view';
import { ScoreNow, ScoreThen } from '../score/score-view';
import type { StreamView } from '../streams/stream-view';
import { plainText } from '../text/plain-text';

/**
 * What pages and the web process say to each other over Socket.IO (path `/socket.io/`, default namespace). Every message
 * of a page is answered by an acknowledgement, `{ ok: true, … }` or a `Refusal`. Dates travel as ISO text: the schemas
 * below turn them back, so a page reads an answer by `schema.parse`.
 */
export const realtimePath = '/socket.io/';

/** The most lines in one answer or one `chat:messages`. */
export const chatLinesMax = 500;
/** The lines a page gets that joins for the first time. */
export const chatLinesOnJoin = 50;

const UnixMs = z.number().min(0).max(8.64e15);
const Sequence = z.int().min(0);

export const Person = z.object({ id: z.string(), name: z.string(), image: z.string().nullable() });

export const EventMessage: z.ZodType<EventView> = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  startsAt: z.coerce.date().nullable(),
  endsAt: z.coerce.date().nullable(),
  runningNow: z.boolean(),
  matchId: z.string(),
  matchUrl: z.string(),
  createdAt: z.coerce.date(),
  owner: Person,
  canEdit: z.boolean(),
});

export const StreamMessage: z.ZodType<StreamView> = z.object({
  id: z.string(),
  eventId: z.string(),
  name: z.string(),
  description: z.string(),
  kind: z.enum(['audio', 'video']),
  language: z.string(),
  record: z.boolean(),
  visibility: z.enum(['public', 'private']),
  profile: z.enum(['balanced', 'lowest-latency']),
  state: StreamState,
  reason: z.string().nullable(),
  createdAt: z.coerce.date(),
  startedAt: z.coerce.date().nullable(),
  endedAt: z.coerce.date().nullable(),
  owner: Person,
  viewers: z.number(),
  liveEdgeMs: z.number().nullable(),
  playback: z
    .object({
      hls: z.string(),
      dash: z.string(),
      audio: z.string(),
      recording: z.string(),
      recordingAudio: z.string(),
      thin: z.string(),
      recordingThin: z.string(),
    })
    .nullable(),
  hasRecording: z.boolean(),
  recordingSeconds: z.number(),
  wholeRecordingSeconds: z.number(),
  trim: z.object({ startSeconds: z.number().nullable(), endSeconds: z.number().nullable() }).nullable(),
  posterUrl: z.string().nullable(),
  recordingFault: z.string().nullable(),
  expiresAt: z.coerce.date().nullable(),
});

/** Open players: ours by presence, others as the nodes see them. */
export const Counts = z.object({
  eventId: z.string(),
  total: z.int().min(0),
  byStream: z.record(z.string(), z.int().min(0)),
});
export type Counts = z.infer<typeof Counts>;

export const ChatLine = z.object({
  id: z.string(),
  eventId: z.string(),
  /** counts up by one per event, without a gap */
  sequence: z.int().min(1),
  clientMessageId: z.string(),
  /** plain text; never HTML */
  text: z.string(),
  author: Person,
  streamId: z.string().nullable(),
  /** the author's playhead on the event clock; a page releases the line when its own playhead gets there */
  happenedAtMs: z.number(),
  createdAtMs: z.number(),
});
export type ChatLine = z.infer<typeof ChatLine>;

// page → web

export const EventJoin = z.object({
  eventId: PublicId,
  /** the last line the page has; without it the newest lines are given */
  afterSequence: Sequence.optional(),
});
export type EventJoin = z.infer<typeof EventJoin>;

export const EventLeave = z.object({ eventId: PublicId });

/** Made by the page with `newId('playback')`; whoever knows it may end the playback. */
export const PlaybackId = z
  .string()
  .regex(/^pbk_[A-Za-z0-9_-]{8,60}$/, 'must be pbk_ and 8 to 60 of A-Z, a-z, 0-9, _, -');

export const PlaybackStart = z.object({ streamId: PublicId, playbackId: PlaybackId });
export const PlaybackStop = z.object({ playbackId: PlaybackId });
/** How far behind the event clock a playback is that follows the live edge: now minus the programme time at its playhead. */
export const PlaybackDelay = z.object({ playbackId: PlaybackId, delayMs: z.number().min(0).max(60_000) });
/** The body of `POST /api/playback/left`, sent by `navigator.sendBeacon` when a page goes away. */
export const PlaybackLeft = PlaybackStop;

export const ChatText = plainText({ graphemesMin: 1, graphemesMax: 500 });

export const ChatSend = z.object({
  eventId: PublicId,
  /** made by the page, the same when a line is sent again: it is stored once */
  clientMessageId: z.string().regex(/^[A-Za-z0-9_-]{8,64}$/, 'must be 8 to 64 characters of A-Z, a-z, 0-9, _ and -'),
  text: ChatText,
  /** the stream that the author hears, if any */
  streamId: PublicId.optional(),
  happenedAtMs: UnixMs,
});
export type ChatSend = z.infer<typeof ChatSend>;

export const ChatSince = z.object({ eventId: PublicId, afterSequence: Sequence });

/** What the score was at a moment of the event clock. */
export const ScoreAt = z.object({ eventId: PublicId, atMs: UnixMs });

export const ClockAsk = z.object({ sentAtMs: z.number() });

// web → page

export const Refusal = z.object({ ok: z.literal(false), code: z.string(), message: z.string() });
export type Refusal = z.infer<typeof Refusal>;

/** An acknowledgement: the answer with `ok: true`, or the refusal. */
export type Answer<Value> = ({ ok: true } & Value) | Refusal;

/**
 * Where a page stands after it joined. Lines follow as `chat:messages` from `lastSequence + 1`, without a gap. When the
 * page was so far behind that `messages` does not follow `afterSequence`, it starts its list anew.
 */
export const EventJoined = z.object({
  ok: z.literal(true),
  event: EventMessage,
  streams: z.array(StreamMessage),
  counts: Counts,
  messages: z.array(ChatLine),
  lastSequence: Sequence,
  /** the newest changes; later ones follow as `score` without a gap */
  score: ScoreNow,
  serverTimeMs: z.number(),
});
export type EventJoined = z.infer<typeof EventJoined>;

export const ChatSent = z.object({ ok: z.literal(true), message: ChatLine });
export const ChatLines = z.object({ ok: z.literal(true), messages: z.array(ChatLine), lastSequence: Sequence });
export const ScoreAnswer = ScoreThen.extend({ ok: z.literal(true) });
export const ClockTold = z.object({ ok: z.literal(true), receivedAtMs: z.number() });

/** On air, and those that ended in the last ten minutes; the whole list, on any change. */
export const EventStreams = z.object({ eventId: z.string(), streams: z.array(StreamMessage) });
export type EventStreams = z.infer<typeof EventStreams>;
/** For a stream's owner alone, once a second while somebody follows it live: the median delay of its players. */
export const StreamDelay = z.object({ streamId: z.string(), medianMs: z.number(), players: z.int().min(1) });
export type StreamDelay = z.infer<typeof StreamDelay>;
export const ChatMessages = z.object({ eventId: z.string(), messages: z.array(ChatLine) });
export type ChatMessages = z.infer<typeof ChatMessages>;
/** The changes since the last such message; none when only the state of the feed is another. */
export const ScoreMessage = z.object({ eventId: z.string(), score: ScoreNow });
export type ScoreMessage = z.infer<typeof ScoreMessage>;

type Acknowledged<Value> = (answer: Answer<Value>) => void;
type Nothing = Record<never, never>;

/** For `Socket<ServerToPage, PageToServer>` of socket.io-client; payloads as they are on the wire. */
export type PageToServer = {
  'event:join': (
    message: EventJoin,
    ack: Acknowledged<{
      event: EventView;
      streams: StreamView[];
      counts: Counts;
      messages: ChatLine[];
      lastSequence: number;
      score: ScoreNow;
      serverTimeMs: number;
    }>,
  ) => void;
  'event:leave': (message: z.infer<typeof EventLeave>, ack: Acknowledged<Nothing>) => void;
  'playback:start': (message: z.infer<typeof PlaybackStart>, ack: Acknowledged<Nothing>) => void;
  'playback:stop': (message: z.infer<typeof PlaybackStop>, ack: Acknowledged<Nothing>) => void;
  'playback:delay': (message: z.infer<typeof PlaybackDelay>, ack: Acknowledged<Nothing>) => void;
  'chat:send': (message: z.input<typeof ChatSend>, ack: Acknowledged<{ message: ChatLine }>) => void;
  'chat:since': (
    message: z.infer<typeof ChatSince>,
    ack: Acknowledged<{ messages: ChatLine[]; lastSequence: number }>,
  ) => void;
  'score:at': (message: z.infer<typeof ScoreAt>, ack: Acknowledged<ScoreThen>) => void;
  clock: (message: z.infer<typeof ClockAsk>, ack: Acknowledged<{ receivedAtMs: number }>) => void;
};

export type ServerToPage = {
  'event:updated': (event: EventView) => void;
  'event:streams': (message: EventStreams) => void;
  'event:counts': (counts: Counts) => void;
  'stream:delay': (message: StreamDelay) => void;
  'chat:messages': (message: ChatMessages) => void;
  score: (message: ScoreMessage) => void;
};
