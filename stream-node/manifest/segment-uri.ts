import type { Segment } from '../packager/media-types';

/** The URI of a segment with `number` in the place of its media sequence. */
export function uriWith({ uri, mediaSequence }: Segment, number: string): string {
  const numbered = `-${mediaSequence}.m4s`;
  if (!uri.endsWith(numbered)) {
    throw new Error(`the segment ${uri} is not named by its media sequence ${mediaSequence}`);
  }
  return `${uri.slice(0, -numbered.length)}-${number}.m4s`;
}
