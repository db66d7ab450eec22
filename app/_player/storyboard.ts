/** A picture of a stretch of time: where it lies on a sheet, sizes in pixels. */
export type StoryboardTile = {
  startMs: number;
  endMs: number;
  url: string;
  x: number;
  y: number;
  width: number;
  height: number;
};

const zeroNote = /^NOTE zero is (\S+)$/m;
const cue = /^(\d+):(\d\d):(\d\d\.\d{3}) --> (\d+):(\d\d):(\d\d\.\d{3})\n(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)$/gm;

/** The pictures of a storyboard (WebVTT), in the order of their times on the event clock; none of what it is not. */
export function readStoryboard(text: string, url: string): StoryboardTile[] {
  const zeroMs = Date.parse(zeroNote.exec(text)?.[1] ?? '');
  if (Number.isNaN(zeroMs)) {
    return [];
  }
  return [...text.matchAll(cue)].map(([, h1, m1, s1, h2, m2, s2, file = '', x, y, width, height]) => ({
    startMs: zeroMs + milliseconds(h1, m1, s1),
    endMs: zeroMs + milliseconds(h2, m2, s2),
    url: new URL(file, url).href,
    x: Number(x),
    y: Number(y),
    width: Number(width),
    height: Number(height),
  }));
}

/** The picture of a moment; `undefined` where there is none. */
export function tileAt(tiles: readonly StoryboardTile[], momentMs: number): StoryboardTile | undefined {
  const tile = tiles.findLast(({ startMs }) => startMs <= momentMs);
  return tile !== undefined && momentMs < tile.endMs ? tile : undefined;
}

function milliseconds(hours = '', minutes = '', seconds = ''): number {
  return Math.round((Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000);
}
