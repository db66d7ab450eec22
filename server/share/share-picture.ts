import { createHash } from 'node:crypto';
import { isOnAir } from '../../stream-node/contract/stream-state';
import type { EventView } from '../events/event-view';
import type { StreamView } from '../streams/stream-view';
import { languageName, startWords } from './share-words';

/** Raised when the drawing changes, since services keep a picture by its address for weeks. */
const drawingVersion = 1;

export const shareImageWidth = 1200;
export const shareImageHeight = 630;

/** A voice as it is drawn: a face, a name, a language. */
export type PictureVoice = { faceSeed: string; name: string; language: string };

/** All that a share picture shows. */
export type SharePicture = {
  eventName: string;
  isLive: boolean;
  /** beside the LIVE chip, or in its place: when, or what one can do */
  note: string;
  /** the one voice of a stream, or the first of an event's; none before anyone is on air */
  voices: PictureVoice[];
  /** voices on air beyond those drawn */
  moreVoices: number;
};

const voicesDrawnMax = 3;

const voiceOf = (stream: StreamView): PictureVoice => ({
  faceSeed: stream.owner.id,
  name: stream.owner.name,
  language: languageName(stream.language),
});

/** Live is live: a stream that waits for its publisher or is paused wears no red. */
const isLiveNow = (stream: StreamView) => stream.state === 'live';

export function streamPicture(stream: StreamView, event: EventView): SharePicture {
  const isLive = isLiveNow(stream);
  return {
    eventName: event.name,
    isLive,
    note: isLive
      ? stream.name
      : stream.endedAt !== null
        ? 'Listen again'
        : isOnAir(stream.state)
          ? 'Back in a moment'
          : startWords(event),
    voices: [voiceOf(stream)],
    moreVoices: 0,
  };
}

/** @param onAir the streams of the event that are on air */
export function eventPicture(event: EventView, onAir: StreamView[], now: Date): SharePicture {
  const live = onAir.filter(isLiveNow);
  const languages = [...new Set(live.map((stream) => languageName(stream.language)))];
  const isOver = event.endsAt !== null && event.endsAt < now && !event.runningNow;
  return {
    eventName: event.name,
    isLive: live.length > 0,
    note:
      live.length > 0
        ? languages.slice(0, 3).join(' · ')
        : isOver && onAir.length === 0
          ? 'Listen again'
          : startWords(event),
    voices: live.slice(0, voicesDrawnMax).map(voiceOf),
    moreVoices: Math.max(0, live.length - voicesDrawnMax),
  };
}

/** Another word for every other picture: it goes into the address, so that no cache shows an old one. */
export function pictureVersion(picture: SharePicture): string {
  return createHash('sha256')
    .update(JSON.stringify([drawingVersion, picture]))
    .digest('hex')
    .slice(0, 12);
}
