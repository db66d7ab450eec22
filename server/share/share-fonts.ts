import { createRequire } from 'node:module';
import { GlobalFonts, type SKRSContext2D } from '@napi-rs/canvas';

const require = createRequire(import.meta.url);

/** One woff2 file per script, under names of our own: a system font of the same name must not get in the way. */
const files = {
  'zyzz display': '@fontsource-variable/league-spartan/files/league-spartan-latin-wght-normal.woff2',
  'zyzz display ext': '@fontsource-variable/league-spartan/files/league-spartan-latin-ext-wght-normal.woff2',
  'zyzz display viet': '@fontsource-variable/league-spartan/files/league-spartan-vietnamese-wght-normal.woff2',
  'zyzz body': '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2',
  'zyzz body ext': '@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2',
  'zyzz body viet': '@fontsource-variable/inter/files/inter-vietnamese-wght-normal.woff2',
  'zyzz body greek': '@fontsource-variable/inter/files/inter-greek-wght-normal.woff2',
  'zyzz body cyrillic': '@fontsource-variable/inter/files/inter-cyrillic-wght-normal.woff2',
  'zyzz body cyrillic ext': '@fontsource-variable/inter/files/inter-cyrillic-ext-wght-normal.woff2',
  'zyzz devanagari':
    '@fontsource-variable/noto-sans-devanagari/files/noto-sans-devanagari-devanagari-wght-normal.woff2',
} as const;

const bodyFamilies = Object.keys(files)
  .filter((family) => !family.startsWith('zyzz display'))
  .map((family) => `"${family}"`)
  .join(', ');
const families = {
  body: bodyFamilies,
  /** League Spartan shows Latin; other scripts fall to Noto and Inter at the same weight. */
  display: `"zyzz display", "zyzz display ext", "zyzz display viet", ${bodyFamilies}`,
};

let registered = false;

/** @throws when a font file is missing, which is a broken install */
export function registerShareFonts(): void {
  if (registered) {
    return;
  }
  for (const [family, file] of Object.entries(files)) {
    if (GlobalFonts.registerFromPath(require.resolve(file), family) === null) {
      throw new Error(`the font ${file} cannot be read`);
    }
  }
  registered = true;
}

export type TextStyle = { family: keyof typeof families; sizePx: number; weight: number; trackingPx?: number };

/** Sets the font. The weight goes to the variable font's axis: a weight in `font` would be smeared on by the canvas. */
export function setTextStyle(canvas: SKRSContext2D, style: TextStyle): void {
  canvas.font = `${style.sizePx}px ${families[style.family]}`;
  canvas.fontVariationSettings = `'wght' ${style.weight}`;
  canvas.letterSpacing = `${style.trackingPx ?? 0}px`;
}

/** Scripts whose letters the fonts above have. Emoji and other scripts would come out as boxes. */
const drawable =
  /[\p{Script=Latin}\p{Script=Devanagari}\p{Script=Greek}\p{Script=Cyrillic}\p{Nd}\p{P}\p{Sc}\p{Sm}\p{Zs}\p{M}\u200c\u200d]/u;

/** The text without what cannot be drawn; `''` when nothing is left that says something. */
export function drawableText(text: string): string {
  const kept = [...text]
    .filter((character) => drawable.test(character))
    .join('')
    .replace(/\s+/gu, ' ')
    .trim();
  return /[\p{L}\p{N}]/u.test(kept) ? kept : '';
}
