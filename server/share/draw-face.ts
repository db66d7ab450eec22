import { Path2D, type SKRSContext2D } from '@napi-rs/canvas';
import { pick, seededRandom } from './seeded-random';

const grounds = ['#e9a23b', '#3f8f6b', '#c9573f', '#8c6bb1', '#a9b665', '#5e86b8', '#4fa3a5', '#d98b6a'] as const;
const shirts = ['#7c1f2b', '#f2e9d0', '#f0c04a', '#1e5e4a', '#34404a', '#173a5e', '#b5392a', '#27447a'] as const;
const skins = ['#4a2c1c', '#593522', '#6b412a', '#a56e47', '#a9714a', '#b9794e', '#c99468', '#e2b48f'] as const;
const hairs = ['#120d0b', '#1b1210', '#1e1512', '#241a15', '#2b1b14', '#5a3a22', '#8a4b22'] as const;

const circle = (x: number, y: number, r: number) =>
  `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;

type Hair = { behind?: string; front: string };
const hairStyles: readonly [Hair, ...Hair[]] = [
  // short
  { front: 'M15 20c0-8 4-11 9-11s9 3 9 11c-1-4-3-6-9-6s-8 2-9 6z' },
  // side parting
  { front: 'M14.5 21c-1-9 4-13 10-12.5 6 0 9.5 5 9 12.5-1-3-2-4.5-4-6-4 1.5-9 1.5-12 .5-1.5 1.2-2.5 3-3 5.5z' },
  // long
  {
    behind: 'M13 34c-1-16 1-25.5 11-25.5S36 18 35 34c-3 1-19 1-22 0z',
    front: 'M15 21c0-8 5-11 9-11s9 3 9 11c-2-3-4-6-6-7-3 3-8 4-12 7z',
  },
  // bun
  {
    front: `${circle(24, 8, 4.5)}M14.5 22c-1-9 4-12.5 9.5-12.5s10.5 3.5 9.5 12.5c-1-4-4-7-9.5-7.5-5.5.5-8.5 3.5-9.5 7.5z`,
  },
  // round
  { behind: circle(24, 17, 12), front: '' },
];
const beard = 'M15.5 24c.5 9 4 12 8.5 12s8-3 8.5-12c-1 3-3 4-4.5 4.2-1.5-1-6.5-1-8 0-1.5-.2-3.5-1.2-4.5-4.2z';

/**
 * A drawn person with a headset: the same person for the same seed as `app/_ui/face` draws on the pages, which is why the
 * choices are made in the same order.
 */
export function drawFace(
  canvas: SKRSContext2D,
  place: { x: number; y: number; sizePx: number; radiusPx: number },
  seed: string,
): void {
  const random = seededRandom(seed);
  const ground = pick(random, grounds);
  const shirt = pick(random, shirts);
  const skin = pick(random, skins);
  const hair = pick(random, hairs);
  const style = pick(random, hairStyles);
  const hasBeard = style.behind === undefined && random() < 0.3;
  const fill = (path: string, colour: string) => {
    canvas.fillStyle = colour;
    canvas.fill(new Path2D(path));
  };
  const stroke = (path: string, colour: string, width: number) => {
    canvas.strokeStyle = colour;
    canvas.lineWidth = width;
    canvas.stroke(new Path2D(path));
  };
  canvas.save();
  canvas.beginPath();
  canvas.roundRect(place.x, place.y, place.sizePx, place.sizePx, place.radiusPx);
  canvas.clip();
  canvas.translate(place.x, place.y);
  canvas.scale(place.sizePx / 48, place.sizePx / 48);
  canvas.lineCap = 'round';
  fill('M0 0h48v48H0z', ground);
  fill(style.behind ?? '', hair);
  fill('M6 50c0-10 8-14 18-14s18 4 18 14z', shirt);
  fill('M20 30h8v7c-1 2-7 2-8 0z', skin);
  fill('M20 32c2 2.5 6 2.5 8 0v2c-2 2-6 2-8 0z', '#0003');
  fill('M15.5 21c0-7 3.5-10 8.5-10s8.5 3 8.5 10c0 8-4 12.5-8.5 12.5S15.5 29 15.5 21z', skin);
  if (hasBeard) {
    fill(beard, hair);
  }
  fill(circle(20.6, 22, 1.1) + circle(27.4, 22, 1.1), '#120c09');
  stroke('M21 27.8c2 1.6 4 1.6 6 0', '#120c09', 1.3);
  fill(style.front, hair);
  stroke('M13.5 22C13 11 18 6.5 24 6.5S35 11 34.5 22', '#f7f4e3', 2);
  stroke('M13.5 27c1 4 4 5 7 4.5', '#f7f4e3', 1.5);
  canvas.fillStyle = '#f7f4e3';
  canvas.beginPath();
  canvas.roundRect(11.5, 19, 4.5, 8, 2);
  canvas.roundRect(32, 19, 4.5, 8, 2);
  canvas.fill();
  fill(circle(21.5, 31.3, 1.7), '#16211c');
  canvas.restore();
}
