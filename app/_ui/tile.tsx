'use client';

import clsx from 'clsx';
import { useRef } from 'react';

type TileSize = 'small' | 'regular' | 'large';

const sizes: Record<TileSize, string> = {
  small: 'h-8 w-5.5 text-[24px]',
  regular: 'h-12 w-8 text-[38px]',
  large: 'h-[54px] w-9 text-[44px]',
};

/**
 * One closed or turned tile of the board; `null` is a closed one. It flips when its digit changes. Hidden from readers: the
 * board says its sentence.
 */
export function Tile({ digit, size = 'regular' }: { digit: string | null; size?: TileSize }) {
  const first = useRef<string | null | undefined>(digit);
  const hasChanged = first.current !== digit;
  if (hasChanged) {
    first.current = undefined;
  }
  return (
    <span
      aria-hidden="true"
      className={clsx(
        'tin-tile inline-flex items-center justify-center rounded-tile font-display leading-none font-bold text-chalk',
        sizes[size],
      )}
    >
      <span key={digit} className={clsx('relative top-[0.06em]', hasChanged && 'animate-flip')}>
        {digit}
      </span>
    </span>
  );
}

/** A time or number on tiles; separators stand between the tiles. */
export function TileRow({ text, size = 'regular' }: { text: string; size?: TileSize }) {
  return (
    <span aria-hidden="true" className="inline-flex items-center gap-[3px]">
      {[...text].map((character, index) => {
        const key = index;
        return /\d/.test(character) ? (
          <Tile key={key} digit={character} size={size} />
        ) : (
          <span key={key} className="px-0.5 pt-1 font-display text-[28px] leading-none font-bold text-chalk">
            {character}
          </span>
        );
      })}
    </span>
  );
}
