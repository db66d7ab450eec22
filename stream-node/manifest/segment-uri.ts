import type { Segment } from '../packager/media-types';

/** The URI of a segment with `number` in the place of its own. */
export function uriWith({ uri, uriNumber }: Segment, number: string): string {
  const numbered = `-${uriNumber}.m4s`;
  if (!uri.endsWith(numbered)) {
    throw new Error(`the segment ${uri} does not end with its number ${uriNumber}`);
  }
  return `${uri.slice(0, -numbered.length)}-${number}.m4s`;
}
