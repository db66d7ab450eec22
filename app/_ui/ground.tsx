import { useId } from 'react';
import { seededRandom } from '../../server/share/seeded-random';

type Light = 'night' | 'day';

const palettes = {
  night: {
    sky: ['#0b1b2b', '#1d3b45', '#47604f'],
    hills: '#16303a',
    snow: '#8fa9ae',
    stand: '#0b1c18',
    roof: '#23413a',
    grass: ['#3e8a4e', '#0e3a28'],
    pole: '#08140f',
    crowdAlpha: 0.55,
  },
  day: {
    sky: ['#9cc9e6', '#cfe4ea', '#e9efdc'],
    hills: '#8fb0ad',
    snow: '#ffffff',
    stand: '#2f5a4a',
    roof: '#4d7d69',
    grass: ['#6cb265', '#2c7a4a'],
    pole: '#3a5a4f',
    crowdAlpha: 0.85,
  },
} as const satisfies Record<Light, unknown>;

const crowdColours = ['#f7f4e3', '#ffc940', '#e4574a', '#d9e6c8', '#86c8ff', '#5fa98a'];
const boards = ['#cf2a1c', '#113a2d', '#ffc940'];
const width = 1400;
const height = 500;
const horizon = 284;

function crowd(alpha: number) {
  const random = seededRandom('crowd');
  return Array.from({ length: 260 }, () => {
    const x = Math.round(random() * width);
    const rim = 160 + 30 * (1 - ((x - 700) / 700) ** 2);
    return {
      x,
      y: Math.round(rim + 14 + random() * (horizon - 26 - rim)),
      radius: 1 + Math.round(random() * 12) / 10,
      colour: crowdColours[Math.floor(random() * crowdColours.length)],
      alpha: Math.round((0.25 + random() * alpha) * 100) / 100,
    };
  });
}

const crowds = { night: crowd(palettes.night.crowdAlpha), day: crowd(palettes.day.crowdAlpha) };
const mownStripes = Array.from({ length: 12 }, (_, index) => ({ top: 588 + index * 70, foot: -840 + index * 308 }));

function Floodlight({ x, glow, pole }: { x: number; glow: string; pole: string }) {
  return (
    <g>
      <path d={`M${x} 78l-4 152h8z`} fill={pole} />
      <rect x={x - 32} y="42" width="64" height="36" rx="3" fill={pole} />
      {[0, 1, 2].flatMap((row) =>
        [0, 1, 2, 3, 4, 5].map((column) => (
          <circle key={`${row}${column}`} cx={x - 24.5 + column * 9.8} cy={50 + row * 9.8} r="3.6" fill="#fff6d2" />
        )),
      )}
      <circle cx={x} cy="60" r="210" fill={`url(#${glow})`} />
    </g>
  );
}

/** The ground the match is on, drawn: by night with its floodlights, by day when nobody has come yet. Decoration. */
export function Ground({ light = 'night', className }: { light?: Light; className?: string }) {
  const id = useId();
  const palette = palettes[light];
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="xMidYMid slice"
      aria-hidden="true"
      className={className}
    >
      <defs>
        <linearGradient id={`${id}sky`} x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" stopColor={palette.sky[0]} />
          <stop offset=".6" stopColor={palette.sky[1]} />
          <stop offset="1" stopColor={palette.sky[2]} />
        </linearGradient>
        <linearGradient id={`${id}grass`} x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" stopColor={palette.grass[0]} />
          <stop offset="1" stopColor={palette.grass[1]} />
        </linearGradient>
        <radialGradient id={`${id}glow`}>
          <stop offset="0" stopColor="#fff3c4" stopOpacity=".55" />
          <stop offset=".25" stopColor="#ffe9a6" stopOpacity=".18" />
          <stop offset="1" stopColor="#ffe9a6" stopOpacity="0" />
        </radialGradient>
      </defs>
      <rect width={width} height={height} fill={`url(#${id}sky)`} />
      <path d="M0 174L168 123 280 154 476 84 658 146 840 101 1036 154 1232 112 1400 157V280H0z" fill={palette.hills} />
      <path d="M476 84l49 25-28-3-21 11-28-14-31 9z" fill={palette.snow} opacity=".5" />
      {light === 'day' && <circle cx="1160" cy="66" r="30" fill="#fff6d2" />}
      <path d="M0 160Q700 220 1400 160V284H0z" fill={palette.stand} />
      {crowds[light].map((person) => (
        <circle
          key={`${person.x}-${person.y}`}
          cx={person.x}
          cy={person.y}
          r={person.radius}
          fill={person.colour}
          opacity={person.alpha}
        />
      ))}
      <path d="M0 155Q700 215 1400 155v6Q700 221 0 161z" fill={palette.roof} />
      <rect y="275" width={width} height="9" fill="#f7f4e3" opacity=".85" />
      {Array.from({ length: 9 }, (_, index) => index).map((index) => (
        <rect key={index} x={index * 155.6} y="275" width="84" height="9" fill={boards[index % boards.length]} />
      ))}
      <rect y={horizon} width={width} height={height - horizon} fill={`url(#${id}grass)`} />
      {mownStripes.map(({ top, foot }) => (
        <path key={top} d={`M${top} 284L${foot} 500h154L${top + 35} 284z`} fill="#fff" opacity=".035" />
      ))}
      <path d="M991 325h34l81 177H910z" fill="#c9b07a" opacity=".85" />
      {light === 'night' && <Floodlight x={763} glow={`${id}glow`} pole={palette.pole} />}
    </svg>
  );
}
