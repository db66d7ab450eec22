import clsx from 'clsx';
import type { PersonView } from '../../server/users/person-view';
import { Face } from './face';
import { PersonPicture } from './person-picture';

type AvatarProps = {
  person: PersonView;
  /** in pixels */
  size: number;
  round?: boolean;
  className?: string;
};

/** A person: the picture they uploaded, else a drawn face. Its radius follows its size. */
export function Avatar({ person, size, round = false, className }: AvatarProps) {
  const style = { width: size, height: size, borderRadius: round ? size : Math.round(size * 0.21) };
  return (
    <span className={clsx('block shrink-0 overflow-hidden bg-raised', className)} style={style}>
      {person.image === null ? (
        <Face seed={person.id} className="block size-full" />
      ) : (
        <PersonPicture src={person.image} size={size} />
      )}
    </span>
  );
}
