import type { ReactNode } from 'react';
import { pick, seededRandom } from '../../server/share/seeded-random';

const grounds = ['#e9a23b', '#3f8f6b', '#c9573f', '#8c6bb1', '#a9b665', '#5e86b8', '#4fa3a5', '#d98b6a'] as const;
const shirts = ['#7c1f2b', '#f2e9d0', '#f0c04a', '#1e5e4a', '#34404a', '#173a5e', '#b5392a', '#27447a'] as const;
const skins = ['#4a2c1c', '#593522', '#6b412a', '#a56e47', '#a9714a', '#b9794e', '#c99468', '#e2b48f'] as const;
const hairs = ['#120d0b', '#1b1210', '#1e1512', '#241a15', '#2b1b14', '#5a3a22', '#8a4b22'] as const;

type Hair = { behind?: (colour: string) => ReactNode; front: (colour: string) => ReactNode };

const hairStyles: readonly [Hair, ...Hair[]] = [
  // short
  { front: (colour) => <path d="M15 20c0-8 4-11 9-11s9 3 9 11c-1-4-3-6-9-6s-8 2-9 6z" fill={colour} /> },
  // side parting
  {
    front: (colour) => (
      <path
        d="M14.5 21c-1-9 4-13 10-12.5 6 0 9.5 5 9 12.5-1-3-2-4.5-4-6-4 1.5-9 1.5-12 .5-1.5 1.2-2.5 3-3 5.5z"
        fill={colour}
      />
    ),
  },
  // long
  {
    behind: (colour) => <path d="M13 34c-1-16 1-25.5 11-25.5S36 18 35 34c-3 1-19 1-22 0z" fill={colour} />,
    front: (colour) => <path d="M15 21c0-8 5-11 9-11s9 3 9 11c-2-3-4-6-6-7-3 3-8 4-12 7z" fill={colour} />,
  },
  // bun
  {
    front: (colour) => (
      <>
        <circle cx="24" cy="8" r="4.5" fill={colour} />
        <path
          d="M14.5 22c-1-9 4-12.5 9.5-12.5s10.5 3.5 9.5 12.5c-1-4-4-7-9.5-7.5-5.5.5-8.5 3.5-9.5 7.5z"
          fill={colour}
        />
      </>
    ),
  },
  // round
  { behind: (colour) => <circle cx="24" cy="17" r="12" fill={colour} />, front: () => null },
];

const beard = (colour: string) => (
  <path
    d="M15.5 24c.5 9 4 12 8.5 12s8-3 8.5-12c-1 3-3 4-4.5 4.2-1.5-1-6.5-1-8 0-1.5-.2-3.5-1.2-4.5-4.2z"
    fill={colour}
  />
);

/** A drawn person with a headset, the same each time for the same seed. Decoration: the name stands beside it. */
export function Face({ seed, headset = true, className }: { seed: string; headset?: boolean; className?: string }) {
  const random = seededRandom(seed);
  const ground = pick(random, grounds);
  const shirt = pick(random, shirts);
  const skin = pick(random, skins);
  const hair = pick(random, hairs);
  const style = pick(random, hairStyles);
  const hasBeard = style.behind === undefined && random() < 0.3;
  return (
    <svg viewBox="0 0 48 48" aria-hidden="true" className={className}>
      <rect width="48" height="48" fill={ground} />
      {style.behind?.(hair)}
      <path d="M6 50c0-10 8-14 18-14s18 4 18 14z" fill={shirt} />
      <path d="M20 30h8v7c-1 2-7 2-8 0z" fill={skin} />
      <path d="M20 32c2 2.5 6 2.5 8 0v2c-2 2-6 2-8 0z" fill="#0003" />
      <path d="M15.5 21c0-7 3.5-10 8.5-10s8.5 3 8.5 10c0 8-4 12.5-8.5 12.5S15.5 29 15.5 21z" fill={skin} />
      {hasBeard && beard(hair)}
      <g fill="#120c09">
        <circle cx="20.6" cy="22" r="1.1" />
        <circle cx="27.4" cy="22" r="1.1" />
      </g>
      <path d="M21 27.8c2 1.6 4 1.6 6 0" stroke="#120c09" strokeWidth="1.3" fill="none" strokeLinecap="round" />
      {style.front(hair)}
      {headset && (
        <g>
          <g stroke="#f7f4e3" fill="none">
            <path d="M13.5 22C13 11 18 6.5 24 6.5S35 11 34.5 22" strokeWidth="2" />
            <path d="M13.5 27c1 4 4 5 7 4.5" strokeWidth="1.5" />
          </g>
          <rect x="11.5" y="19" width="4.5" height="8" rx="2" fill="#f7f4e3" />
          <rect x="32" y="19" width="4.5" height="8" rx="2" fill="#f7f4e3" />
          <circle cx="21.5" cy="31.3" r="1.7" fill="#16211c" />
        </g>
      )}
    </svg>
  );
}
