import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RenditionId } from '../contract/ladder';
import { indexFileName, renditionFileName } from './recording-paths';
import { type TakeHeader, type TakeIndex, TakeIndexLine, type TakeRendition, type TakeSegment } from './take-index';

/** An index that no writer of ours left behind, whenever it crashed. */
export class MalformedTake extends Error {
  override readonly name: string = 'MalformedTake';
}

/** An index without a whole line: its writer was killed before anything of the take was stored. */
export class EmptyTake extends MalformedTake {
  override readonly name = 'EmptyTake';
}

/** Ten days of five renditions: a larger index is not ours. */
const indexBytesMax = 256 * 1024 * 1024;

/**
 * Reads a take back from its folder. A torn last line is where a crash was, and is ignored; so are segments that the media
 * file does not hold in full.
 *
 * @throws EmptyTake; MalformedTake for an index that breaks the format anywhere else
 */
export async function readTake(folder: string): Promise<TakeIndex> {
  const path = join(folder, indexFileName);
  const { size } = await stat(path);
  if (size > indexBytesMax) {
    throw new MalformedTake(`${path}: ${size} bytes, ${indexBytesMax} allowed`);
  }
  const index = parseTakeIndex(await readFile(path, 'utf8'));
  const sizes = new Map<RenditionId, number>();
  for (const id of index.renditions.keys()) {
    sizes.set(id, await sizeOf(join(folder, renditionFileName(id))));
  }
  const isWhole = (segment: TakeSegment) => segment.offset + segment.length <= (sizes.get(segment.renditionId) ?? 0);
  return { ...index, segments: index.segments.filter(isWhole) };
}

/**
 * The text of an index.
 *
 * @throws MalformedTake naming the line
 */
export function parseTakeIndex(text: string): TakeIndex {
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  lines.pop(); // after the last line break
  let header: TakeHeader | undefined;
  let closed = false;
  const renditions = new Map<RenditionId, TakeRendition>();
  const ends = new Map<RenditionId, number>();
  const segments: TakeSegment[] = [];
  for (const [index, text] of lines.entries()) {
    const line = parseLine(text, index + 1);
    if (closed || (line.type === 'take') !== (index === 0)) {
      throw new MalformedTake(`line ${index + 1}: ${line.type} where it cannot be`);
    }
    switch (line.type) {
      case 'take':
        header = line;
        break;
      case 'rendition':
        renditions.set(line.rendition.id, line);
        ends.set(line.rendition.id, line.initBytes);
        break;
      case 'segment':
        if (line.offset !== ends.get(line.renditionId)) {
          throw new MalformedTake(`line ${index + 1}: the segment does not follow the one before`);
        }
        ends.set(line.renditionId, line.offset + line.length);
        segments.push(line);
        break;
      case 'end':
        closed = true;
        break;
      default:
        line satisfies never;
    }
  }
  if (header === undefined) {
    throw new EmptyTake('no whole line');
  }
  return { header, renditions, segments, closed };
}

function parseLine(text: string, lineNumber: number): TakeIndexLine {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new MalformedTake(`line ${lineNumber}: not JSON`, { cause: error });
  }
  const line = TakeIndexLine.safeParse(value);
  if (!line.success) {
    const issue = line.error.issues[0];
    throw new MalformedTake(`line ${lineNumber}: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  return line.data;
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return 0;
    }
    throw error;
  }
}
