import type { KeptBroadcast, KeptSession } from '../kept-session';

export const keptBroadcast: KeptBroadcast = {
  streamId: 'str_testtesttest',
  eventId: 'evt_testtesttest',
  userId: 'usr_testtesttest',
  streamName: 'Nepali from the stand',
  source: 'audio',
  microphoneId: null,
  cameraId: null,
};

/** A session of sound that has just begun. */
export function keptSession(changes: Partial<KeptSession> = {}, recorderSession = 'rec_testtesttest'): KeptSession {
  return {
    broadcast: keptBroadcast,
    hello: {
      streamId: keptBroadcast.streamId,
      recorderSession,
      mime: 'audio/webm;codecs=opus',
      container: 'matroska',
      hasVideo: false,
      hasAudio: true,
    },
    clock: null,
    nodeUrl: null,
    firstSequence: 0,
    lastSequence: -1,
    bytes: 0,
    capturedUntilMs: 1000,
    ...changes,
  };
}
