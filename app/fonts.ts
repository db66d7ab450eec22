import localFont from 'next/font/local';

// Open fonts (OFL) out of their npm packages, served from our own origin. The Latin files are preloaded; the others are
// fetched only by pages that hold their characters, by unicode-range. next/font wants literals here.

const inter = localFont({
  src: '../node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2',
  weight: '100 900',
  display: 'swap',
  variable: '--font-inter',
  preload: true,
});

const interExtended = localFont({
  src: '../node_modules/@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2',
  weight: '100 900',
  display: 'swap',
  variable: '--font-inter-extended',
  preload: false,
  adjustFontFallback: false,
  declarations: [{ prop: 'unicode-range', value: 'U+0100-02BA,U+02BD-02C5,U+1E00-1E9F,U+1EF2-1EFF,U+20A0-20AB' }],
});

const spartan = localFont({
  src: '../node_modules/@fontsource-variable/league-spartan/files/league-spartan-latin-wght-normal.woff2',
  weight: '100 900',
  display: 'swap',
  variable: '--font-spartan',
  preload: true,
});

const spartanExtended = localFont({
  src: '../node_modules/@fontsource-variable/league-spartan/files/league-spartan-latin-ext-wght-normal.woff2',
  weight: '100 900',
  display: 'swap',
  variable: '--font-spartan-extended',
  preload: false,
  adjustFontFallback: false,
  declarations: [{ prop: 'unicode-range', value: 'U+0100-02BA,U+02BD-02C5,U+1E00-1E9F,U+1EF2-1EFF,U+20A0-20AB' }],
});

const devanagari = localFont({
  src: '../node_modules/@fontsource-variable/noto-sans-devanagari/files/noto-sans-devanagari-devanagari-wght-normal.woff2',
  weight: '100 900',
  display: 'swap',
  variable: '--font-devanagari',
  preload: false,
  adjustFontFallback: false,
  declarations: [{ prop: 'unicode-range', value: 'U+0900-097F,U+1CD0-1CF9,U+200C-200D,U+25CC,U+A8E0-A8FF' }],
});

/** The class names that put the font variables of globals.css on `<html>`. */
export const fontClassNames = [inter, interExtended, spartan, spartanExtended, devanagari]
  .map((font) => font.variable)
  .join(' ');
