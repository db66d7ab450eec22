import { createCanvas, Path2D, type SKRSContext2D } from '@napi-rs/canvas';
import { drawFace } from './draw-face';
import { nightGround } from './draw-ground';
import { ellipsize, fitText } from './fit-text';
import { seededRandom } from './seeded-random';
import { drawableText, registerShareFonts, setTextStyle } from './share-fonts';
import { type PictureVoice, type SharePicture, shareImageHeight, shareImageWidth } from './share-picture';

/** WhatsApp shows no larger picture. */
export const shareImageBytesMax = 300 * 1024;

const colours = {
  board: '#113a2d',
  boardDark: '#0c2c22',
  boardEdge: '#0a241b',
  boardRim: '#2c5a48',
  boardDim: '#a9c6b6',
  tile: '#06170f',
  chalk: '#f7f4e3',
  lamp: '#ffc940',
  onLamp: '#1b1500',
  onLampDim: '#3d3000',
  liveFill: '#cf2a1c',
} as const;

const board = { x: 84, y: 58, width: 1032, height: 360, headHeight: 86 };
const plate = { y: 470, height: 116 };

/**
 * Draws a share picture, 1200 × 630: the ground at night, the event's name on the tin board, the voice's face and name.
 *
 * @returns a JPEG of at most `shareImageBytesMax` bytes
 */
export async function drawShareImage(picture: SharePicture): Promise<Buffer> {
  registerShareFonts();
  const image = createCanvas(shareImageWidth, shareImageHeight);
  const canvas = image.getContext('2d');
  canvas.drawImage(nightGround(), 0, 0);
  drawBoard(canvas, picture);
  const [first, ...others] = picture.voices;
  if (first !== undefined) {
    drawVoices(canvas, first, others, picture);
  } else {
    drawInvitation(canvas);
  }
  drawLogo(canvas);
  for (const quality of [88, 78, 66, 50]) {
    const jpeg = await image.encode('jpeg', quality);
    if (jpeg.byteLength <= shareImageBytesMax) {
      return jpeg;
    }
  }
  throw new Error('a share picture stays too large at any quality');
}

function fillRound(
  canvas: SKRSContext2D,
  box: [number, number, number, number],
  radius: number | number[],
  fill: string,
) {
  canvas.fillStyle = fill;
  canvas.beginPath();
  canvas.roundRect(...box, radius);
  canvas.fill();
}

function drawBoard(canvas: SKRSContext2D, picture: SharePicture): void {
  const { x, y, width, height, headHeight } = board;
  canvas.save();
  canvas.shadowColor = '#000000a0';
  canvas.shadowBlur = 48;
  canvas.shadowOffsetY = 20;
  fillRound(canvas, [x - 9, y - 9, width + 18, height + 18], 14, colours.boardRim);
  canvas.restore();
  fillRound(canvas, [x - 5, y - 5, width + 10, height + 10], 11, colours.boardEdge);
  fillRound(canvas, [x, y, width, height], 8, colours.board);
  fillRound(canvas, [x, y, width, headHeight], [8, 8, 0, 0], colours.boardDark);
  canvas.fillStyle = colours.boardEdge;
  canvas.fillRect(x, y + headHeight - 2, width, 4);
  const rivets: [number, number][] = [
    [x + 18, y + 18],
    [x + width - 18, y + 18],
    [x + 18, y + height - 18],
    [x + width - 18, y + height - 18],
  ];
  for (const [rivetX, rivetY] of rivets) {
    canvas.fillStyle = colours.boardRim;
    canvas.beginPath();
    canvas.arc(rivetX, rivetY, 4, 0, 2 * Math.PI);
    canvas.fill();
  }
  const chipEnd = picture.isLive ? drawLiveChip(canvas, x + 44, y + 22) + 22 : x + 44;
  setTextStyle(canvas, { family: 'body', sizePx: 29, weight: 500 });
  canvas.fillStyle = picture.isLive ? colours.boardDim : colours.chalk;
  canvas.fillText(ellipsize(canvas, drawableText(picture.note), x + width - 44 - chipEnd), chipEnd, y + 53);
  drawEventName(canvas, drawableText(picture.eventName) || 'Live commentary');
}

/** @returns where it ends */
function drawLiveChip(canvas: SKRSContext2D, x: number, y: number): number {
  fillRound(canvas, [x, y, 124, 44], 6, colours.liveFill);
  canvas.fillStyle = '#ffffff';
  canvas.beginPath();
  canvas.arc(x + 24, y + 22, 8, 0, 2 * Math.PI);
  canvas.fill();
  setTextStyle(canvas, { family: 'display', sizePx: 29, weight: 800, trackingPx: 1.2 });
  canvas.fillText('LIVE', x + 43, y + 32);
  return x + 124;
}

function drawEventName(canvas: SKRSContext2D, name: string): void {
  const { x, y, width, height, headHeight } = board;
  const { lines, style } = fitText(canvas, name, {
    widthPx: width - 88,
    steps: [
      { sizePx: 124, linesMax: 2 },
      { sizePx: 108, linesMax: 2 },
      { sizePx: 92, linesMax: 2 },
      { sizePx: 74, linesMax: 3 },
      { sizePx: 62, linesMax: 3 },
    ],
    style: { family: 'display', weight: 800, trackingPx: -0.025 },
  });
  setTextStyle(canvas, style);
  canvas.fillStyle = colours.chalk;
  // Devanagari hangs from its line and carries signs above and below.
  const lineHeight = style.sizePx * (/\p{Script=Devanagari}/u.test(name) ? 1.3 : 0.98);
  const middle = y + headHeight + (height - headHeight) / 2;
  const firstBaseline = middle - ((lines.length - 1) * lineHeight) / 2 + style.sizePx * 0.31;
  for (const [index, line] of lines.entries()) {
    canvas.fillText(line, x + 44, firstBaseline + index * lineHeight);
  }
}

/** The first voice on the yellow plate, as on the pages; the others beside it on dark ones. */
function drawVoices(canvas: SKRSContext2D, first: PictureVoice, others: PictureVoice[], picture: SharePicture): void {
  const { y, height } = plate;
  const faceSize = 92;
  const nameX = 84 + faceSize + 24;
  const nameWidthMax = others.length > 0 ? 330 : 520;
  const name = fitText(canvas, drawableText(first.name) || 'On air', {
    widthPx: nameWidthMax,
    steps: [
      { sizePx: 46, linesMax: 1 },
      { sizePx: 38, linesMax: 1 },
      { sizePx: 32, linesMax: 1 },
    ],
    style: { family: 'display', weight: 700, trackingPx: -0.01 },
  });
  const [nameLine = ''] = name.lines;
  setTextStyle(canvas, name.style);
  const nameWidth = canvas.measureText(nameLine).width;
  setTextStyle(canvas, { family: 'body', sizePx: 28, weight: 500 });
  const language = ellipsize(canvas, drawableText(first.language), nameWidthMax);
  const plateEnd = nameX + Math.max(nameWidth, canvas.measureText(language).width) + 34;
  let end = plateEnd;
  canvas.save();
  canvas.shadowColor = '#00000080';
  canvas.shadowBlur = 24;
  canvas.shadowOffsetY = 8;
  if (others.length === 0 && picture.isLive) {
    end += 176;
    fillRound(canvas, [plateEnd - 12, y, end - plateEnd + 12, height], [0, 12, 12, 0], '#06170fee');
  }
  fillRound(canvas, [0, y, plateEnd, height], end === plateEnd ? [0, 12, 12, 0] : 0, colours.lamp);
  canvas.restore();
  if (end > plateEnd) {
    drawVoiceBars(canvas, plateEnd + 28, end - 28, first.faceSeed);
  }
  drawFace(canvas, { x: 84, y: y + (height - faceSize) / 2, sizePx: faceSize, radiusPx: 18 }, first.faceSeed);
  setTextStyle(canvas, name.style);
  canvas.fillStyle = colours.onLamp;
  canvas.fillText(nameLine, nameX, y + 56);
  setTextStyle(canvas, { family: 'body', sizePx: 28, weight: 500 });
  canvas.fillStyle = colours.onLampDim;
  canvas.fillText(language, nameX, y + 94);
  drawOtherVoices(canvas, end + 22, others, picture.moreVoices);
}

function drawOtherVoices(canvas: SKRSContext2D, startX: number, others: PictureVoice[], moreVoices: number): void {
  const size = 76;
  const y = plate.y + (plate.height - size) / 2;
  let x = startX;
  for (const voice of others) {
    drawFace(canvas, { x, y, sizePx: size, radiusPx: 16 }, voice.faceSeed);
    x += size + 14;
  }
  if (moreVoices > 0) {
    setTextStyle(canvas, { family: 'body', sizePx: 28, weight: 600 });
    canvas.fillStyle = colours.chalk;
    canvas.fillText(`+${moreVoices}`, x + 6, y + 48);
  }
}

function drawVoiceBars(canvas: SKRSContext2D, fromX: number, toX: number, seed: string): void {
  const random = seededRandom(`${seed} speaks`);
  const middle = plate.y + plate.height / 2;
  canvas.fillStyle = colours.lamp;
  for (let x = fromX; x + 5 <= toX; x += 11) {
    const swell = Math.sin(((x - fromX) / (toX - fromX)) * Math.PI);
    const half = 5 + swell * (8 + random() * 26);
    canvas.beginPath();
    canvas.roundRect(x, middle - half, 5, half * 2, 2.5);
    canvas.fill();
  }
}

function drawInvitation(canvas: SKRSContext2D): void {
  setTextStyle(canvas, { family: 'body', sizePx: 34, weight: 500 });
  canvas.fillStyle = colours.chalk;
  canvas.fillText('Pick a voice and turn the telly down.', board.x, plate.y + plate.height / 2 + 12);
}

/** The mark and the word, lower right. */
function drawLogo(canvas: SKRSContext2D): void {
  const scale = 1.9;
  setTextStyle(canvas, { family: 'display', sizePx: 58, weight: 800, trackingPx: -1.8 });
  const wordWidth = canvas.measureText('zyzz').width;
  const x = board.x + board.width - wordWidth - 34 * scale - 14;
  const y = plate.y + plate.height / 2 - 13 * scale;
  canvas.fillStyle = colours.chalk;
  canvas.fillText('zyzz', x + 34 * scale + 14, y + 41);
  canvas.save();
  canvas.translate(x, y);
  canvas.scale(scale, scale);
  canvas.fillStyle = colours.lamp;
  canvas.beginPath();
  canvas.roundRect(0, 9, 4, 8, 2);
  canvas.roundRect(7, 3, 4, 20, 2);
  canvas.roundRect(27, 6, 4, 14, 2);
  canvas.fill();
  canvas.fillStyle = '#e23b2b';
  canvas.beginPath();
  canvas.arc(19, 13, 6, 0, 2 * Math.PI);
  canvas.fill();
  canvas.strokeStyle = '#ffffff';
  canvas.lineWidth = 1.2;
  canvas.setLineDash([1.5, 1.3]);
  canvas.stroke(new Path2D('M15.5 9.5c2.3 2 2.3 5 0 7M22.5 9.5c-2.3 2-2.3 5 0 7'));
  canvas.restore();
}
