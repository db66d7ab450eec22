import { type Canvas, createCanvas, type SKRSContext2D } from '@napi-rs/canvas';
import { pick, seededRandom } from './seeded-random';
import { shareImageHeight as height, shareImageWidth as width } from './share-picture';

/** Where the stand ends and the grass begins. */
const boundaryY = 400;

let drawn: Canvas | undefined;

/** The ground at night, which is behind every share picture. Drawn once. */
export function nightGround(): Canvas {
  if (drawn === undefined) {
    drawn = createCanvas(width, height);
    const canvas = drawn.getContext('2d');
    drawSky(canvas);
    drawCrowd(canvas);
    drawGrass(canvas);
    drawFloodlight(canvas, 48);
    drawFloodlight(canvas, width - 48);
    drawDusk(canvas);
  }
  return drawn;
}

function fillPolygon(canvas: SKRSContext2D, points: [x: number, y: number][], fill: string): void {
  canvas.fillStyle = fill;
  canvas.beginPath();
  for (const [x, y] of points) {
    canvas.lineTo(x, y);
  }
  canvas.fill();
}

function drawSky(canvas: SKRSContext2D): void {
  const sky = canvas.createLinearGradient(0, 0, 0, boundaryY);
  sky.addColorStop(0, '#0b1b2b');
  sky.addColorStop(0.6, '#1d3b45');
  sky.addColorStop(1, '#47604f');
  canvas.fillStyle = sky;
  canvas.fillRect(0, 0, width, height);
  const ridge: [number, number][] = [
    [0, 210],
    [150, 140],
    [260, 185],
    [430, 92],
    [600, 170],
    [760, 112],
    [940, 190],
    [1090, 130],
    [1200, 176],
    [1200, boundaryY],
    [0, boundaryY],
  ];
  fillPolygon(canvas, ridge, '#16303a');
}

function drawCrowd(canvas: SKRSContext2D): void {
  canvas.fillStyle = '#0b1c18';
  canvas.beginPath();
  canvas.moveTo(0, 250);
  canvas.quadraticCurveTo(width / 2, 312, width, 250);
  canvas.lineTo(width, boundaryY);
  canvas.lineTo(0, boundaryY);
  canvas.fill();
  const random = seededRandom('the crowd at Kirtipur');
  const colours = ['#f7f4e3', '#ffc940', '#86c8ff', '#d9e6c8', '#5fa98a', '#e4574a'] as const;
  for (let i = 0; i < 620; i++) {
    const x = random() * width;
    const rim = 262 + 30 * (1 - ((x - width / 2) / (width / 2)) ** 2);
    canvas.globalAlpha = 0.25 + random() * 0.5;
    canvas.fillStyle = pick(random, colours);
    canvas.beginPath();
    canvas.arc(x, rim + random() * (boundaryY - 14 - rim), 1.2 + random() * 1.6, 0, 2 * Math.PI);
    canvas.fill();
  }
  canvas.globalAlpha = 1;
  const boards = ['#f7f4e3', '#ffc940', '#f7f4e3', '#cf2a1c', '#f7f4e3', '#113a2d'] as const;
  for (let i = 0; i * 100 < width; i++) {
    canvas.fillStyle = boards[i % boards.length] ?? boards[0];
    canvas.fillRect(i * 100, boundaryY - 11, 100, 11);
  }
}

function drawGrass(canvas: SKRSContext2D): void {
  const grass = canvas.createLinearGradient(0, boundaryY, 0, height);
  grass.addColorStop(0, '#3e8a4e');
  grass.addColorStop(1, '#0e3a28');
  canvas.fillStyle = grass;
  canvas.fillRect(0, boundaryY, width, height - boundaryY);
  // Mown stripes run to a point far behind the stand.
  for (let i = -12; i < 13; i += 1) {
    const near = width / 2 + i * 210;
    const far = width / 2 + i * 62;
    const stripe: [number, number][] = [
      [far, boundaryY],
      [far + 31, boundaryY],
      [near + 105, height],
      [near, height],
    ];
    fillPolygon(canvas, stripe, '#ffffff0a');
  }
  const strip: [number, number][] = [
    [806, boundaryY + 26],
    [838, boundaryY + 26],
    [930, height],
    [730, height],
  ];
  fillPolygon(canvas, strip, '#c9b07ad0');
}

function drawFloodlight(canvas: SKRSContext2D, x: number): void {
  fillPolygon(
    canvas,
    [
      [x, 70],
      [x - 6, 300],
      [x + 6, 300],
    ],
    '#08140f',
  );
  canvas.fillStyle = '#08140f';
  canvas.beginPath();
  canvas.roundRect(x - 38, 34, 76, 46, 4);
  canvas.fill();
  canvas.fillStyle = '#fff6d2';
  for (let lamp = 0; lamp < 18; lamp++) {
    canvas.beginPath();
    canvas.arc(x - 29 + (lamp % 6) * 11.6, 45 + Math.floor(lamp / 6) * 12, 4.2, 0, 2 * Math.PI);
    canvas.fill();
  }
  const glow = canvas.createRadialGradient(x, 57, 0, x, 57, 260);
  glow.addColorStop(0, '#fff3c48c');
  glow.addColorStop(0.25, '#ffe9a62e');
  glow.addColorStop(1, '#ffe9a600');
  canvas.fillStyle = glow;
  canvas.fillRect(x - 260, 0, 520, 320);
}

/** Darker towards the lower edge, where names stand. */
function drawDusk(canvas: SKRSContext2D): void {
  const dusk = canvas.createLinearGradient(0, boundaryY, 0, height);
  dusk.addColorStop(0, '#0a191500');
  dusk.addColorStop(1, '#0a1915d8');
  canvas.fillStyle = dusk;
  canvas.fillRect(0, boundaryY, width, height - boundaryY);
}
