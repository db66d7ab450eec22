import type { StoryboardIndex } from '../store/storyboard-store';

/**
 * The storyboard as WebVTT, as players take it for previews on their seek bar: each cue names a sheet and the place of its
 * picture there (Media Fragments, `#xywh`). Times count from the first picture, whose event-clock time a note tells.
 */
export function storyboardVtt({ sheets, intervalSeconds }: StoryboardIndex): string {
  const tiles = sheets.flatMap(({ file, columns, tileWidth, tileHeight, startsMs }) =>
    startsMs.map((startMs, index) => {
      const x = (index % columns) * tileWidth;
      const y = Math.floor(index / columns) * tileHeight;
      return { startMs, place: `${file}#xywh=${x},${y},${tileWidth},${tileHeight}` };
    }),
  );
  const zeroMs = tiles[0]?.startMs ?? 0;
  const lines = ['WEBVTT', ''];
  if (tiles.length > 0) {
    lines.push(`NOTE zero is ${new Date(zeroMs).toISOString()}`, '');
  }
  tiles.forEach(({ startMs, place }, index) => {
    const nextMs = tiles[index + 1]?.startMs ?? Number.POSITIVE_INFINITY;
    // Over a break nothing is shown; a keyframe that came late does not make a hole.
    const endMs = Math.min(nextMs, startMs + intervalSeconds * 2000);
    lines.push(`${clockTime(startMs - zeroMs)} --> ${clockTime(endMs - zeroMs)}`, place, '');
  });
  return `${lines.join('\n')}\n`;
}

function clockTime(milliseconds: number): string {
  const whole = Math.max(0, Math.round(milliseconds));
  const part = (value: number, length = 2) => String(value).padStart(length, '0');
  const seconds = Math.floor(whole / 1000);
  return `${part(Math.floor(seconds / 3600))}:${part(Math.floor(seconds / 60) % 60)}:${part(seconds % 60)}.${part(whole % 1000, 3)}`;
}
