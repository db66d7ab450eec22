import { pick, seededRandom } from '../../server/share/seeded-random';
import type { PersonView } from '../../server/users/person-view';
import { PersonPicture } from './person-picture';

const colours = [
  '#e8b4c8',
  '#7fc8b0',
  '#f0b36a',
  '#b4b8f0',
  '#e9a23b',
  '#86c8ff',
  '#c9a0f0',
  '#66d592',
  '#f3a38f',
  '#d9e07a',
] as const;

/** Up to two letters of a name, as graphemes: scripts without capitals give their first signs. */
export function initialsOf(name: string): string {
  const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  const words = name.trim().split(/\s+/);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return ends
    .map((word) => {
      const [first] = segmenter.segment(word ?? '');
      return first?.segment.toLocaleUpperCase() ?? '';
    })
    .join('');
}

/** How a writer is drawn in chat: small, quiet, told apart by colour and letters. */
export function Initials({ person, size = 28 }: { person: PersonView; size?: number }) {
  const style = { width: size, height: size, background: pick(seededRandom(person.id), colours) };
  return (
    <span
      aria-hidden="true"
      className="inline-flex shrink-0 items-center justify-center overflow-hidden rounded-button text-small font-bold text-[#0c1a14]"
      style={style}
    >
      {person.image === null ? initialsOf(person.name) : <PersonPicture src={person.image} size={size} />}
    </span>
  );
}
