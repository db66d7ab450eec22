import type { StreamView } from '../../server/streams/stream-view';
import { languageName } from './language-name';

/** `नेपाली`, `English · picture` */
export function voiceWords(stream: Pick<StreamView, 'language' | 'kind'>): string {
  return stream.kind === 'video' ? `${languageName(stream.language)} · picture` : languageName(stream.language);
}

/** The languages of some streams, each once, in their own scripts: `नेपाली, English`. */
export function languagesWords(streams: Pick<StreamView, 'language'>[]): string {
  return [...new Set(streams.map((stream) => languageName(stream.language)))].join(', ');
}

/** What to call a voice in a sentence: the first word of its owner's name. */
export function firstName(stream: Pick<StreamView, 'owner'>): string {
  return stream.owner.name.trim().split(/\s+/)[0] ?? stream.owner.name;
}
