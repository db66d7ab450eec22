import { z } from 'zod';

/** The states of a stream (ARCHITECTURE.md, "Stream state"). A node has a stream that is in one of `nodeStates`. */
export const StreamState = z.enum([
  'created',
  'connecting',
  'live',
  'interrupted',
  'paused',
  'parked',
  'ended',
  'failed',
]);
export type StreamState = z.infer<typeof StreamState>;

/** The first three are the node's to say; a pause is its owner's, whose word the web keeps. */
export const nodeStates = ['connecting', 'live', 'interrupted', 'paused'] as const satisfies StreamState[];

/** What can happen to a stream. */
export const StreamHappening = z.enum([
  /** a worker is ready, or a publisher greets */
  'publisher-connected',
  /** the first media of a session is published */
  'media-arrived',
  /** the publisher's connection is gone, the grace window opens */
  'publisher-lost',
  /** the grace window closed with no publisher */
  'grace-expired',
  /** the owner holds the output */
  'pause',
  /** the owner lets the output go on */
  'unpause',
  /** stopped, id and key kept */
  'park',
  /** a parked stream is wanted again */
  'resume',
  /** the explicit end */
  'end',
  /** given up, with a reason */
  'fail',
]);
export type StreamHappening = z.infer<typeof StreamHappening>;

const table: Record<StreamState, Partial<Record<StreamHappening, StreamState>>> = {
  created: { 'publisher-connected': 'connecting', park: 'parked', end: 'ended', fail: 'failed' },
  connecting: {
    'publisher-connected': 'connecting',
    'media-arrived': 'live',
    'publisher-lost': 'interrupted',
    pause: 'paused',
    park: 'parked',
    end: 'ended',
    fail: 'failed',
  },
  live: {
    'publisher-connected': 'live',
    'media-arrived': 'live',
    'publisher-lost': 'interrupted',
    pause: 'paused',
    park: 'parked',
    end: 'ended',
    fail: 'failed',
  },
  interrupted: {
    'publisher-connected': 'connecting',
    'publisher-lost': 'interrupted',
    'grace-expired': 'ended',
    pause: 'paused',
    park: 'parked',
    end: 'ended',
    fail: 'failed',
  },
  paused: {
    'publisher-connected': 'paused',
    'media-arrived': 'paused',
    'publisher-lost': 'paused',
    unpause: 'connecting',
    resume: 'connecting',
    park: 'parked',
    end: 'ended',
    fail: 'failed',
  },
  parked: { resume: 'connecting', end: 'ended', fail: 'failed' },
  ended: {},
  failed: {},
};

/**
 * The state after `happening`, or `null` where the table has no such step; the caller says what a refused step means to
 * its own user.
 */
export function transition(state: StreamState, happening: StreamHappening): StreamState | null {
  return table[state][happening] ?? null;
}

/** `ended` and `failed` have no way out. */
export function isFinal(state: StreamState): boolean {
  return state === 'ended' || state === 'failed';
}

/** States in which viewers are offered the stream on its event's page. */
export function isOnAir(state: StreamState): boolean {
  return state === 'live' || state === 'interrupted' || state === 'paused';
}

/** The words of the live-job contract (http-api.md, B). */
export const liveJobWords: Record<StreamState, string> = {
  created: 'created',
  connecting: 'running',
  live: 'streaming',
  interrupted: 'reconnecting',
  paused: 'paused',
  parked: 'stopped',
  ended: 'stopped',
  failed: 'failed',
};

/** The numbers of the first system (http-api.md, A). */
export const statusNumbers: Record<StreamState, 0 | 1 | 2 | 3> = {
  created: 0,
  connecting: 0,
  live: 1,
  interrupted: 1,
  paused: 1,
  parked: 2,
  ended: 2,
  failed: 3,
};
