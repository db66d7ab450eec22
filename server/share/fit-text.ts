import type { SKRSContext2D } from '@napi-rs/canvas';
import { setTextStyle, type TextStyle } from './share-fonts';

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

export type FittedText = { lines: string[]; style: TextStyle };

/** The text on one line, cut with an ellipsis where it would not fit. The style must be set. */
export function ellipsize(canvas: SKRSContext2D, text: string, widthPx: number): string {
  if (canvas.measureText(text).width <= widthPx) {
    return text;
  }
  const parts = [...graphemes.segment(text)].map(({ segment }) => segment);
  let kept = parts.length;
  while (kept > 0 && canvas.measureText(`${parts.slice(0, kept).join('').trimEnd()}…`).width > widthPx) {
    kept -= 1;
  }
  return `${parts.slice(0, kept).join('').trimEnd()}…`;
}

/** Lines filled with whole words; a word that is wider than a line is ellipsized. */
function wrap(canvas: SKRSContext2D, text: string, widthPx: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && canvas.measureText(`${last} ${word}`).width <= widthPx) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else {
      lines.push(word);
    }
  }
  return lines;
}

/**
 * The largest of the given sizes at which the text fits, at its number of lines; at the smallest it is cut. A match of two
 * sides breaks before its `v`, as a scoreboard would.
 */
export function fitText(
  canvas: SKRSContext2D,
  text: string,
  options: { widthPx: number; steps: { sizePx: number; linesMax: number }[]; style: Omit<TextStyle, 'sizePx'> },
): FittedText {
  const { widthPx, steps } = options;
  const versus = /^(.+?) ((?:v|vs\.?) .+)$/iu.exec(text);
  let fallback: FittedText = { lines: [], style: { ...options.style, sizePx: 0 } };
  for (const { sizePx, linesMax } of steps) {
    const style = { ...options.style, sizePx, trackingPx: (options.style.trackingPx ?? 0) * sizePx };
    setTextStyle(canvas, style);
    const fits = (line: string) => canvas.measureText(line).width <= widthPx;
    const sides = versus === null ? [] : [versus[1] ?? '', versus[2] ?? ''];
    if (sides.length === 2 && linesMax >= 2 && sides.every(fits)) {
      return { lines: sides, style };
    }
    const lines = wrap(canvas, text, widthPx);
    if (lines.length <= linesMax && lines.every(fits)) {
      return { lines, style };
    }
    const kept = lines.slice(0, linesMax - 1);
    const rest = lines.slice(linesMax - 1).join(' ');
    fallback = { lines: [...kept, rest].map((line) => ellipsize(canvas, line, widthPx)), style };
  }
  return fallback;
}
