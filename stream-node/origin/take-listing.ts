import { z } from 'zod';
import { TakeHeader, type TakeIndex, TakeRendition, TakeSegment } from '../store/take-index';

/**
 * The takes of one node as another one asks for them, to join a recording that several nodes hold. It tells no more than the
 * recording's playlists, and is guarded by the same grants.
 */
const TakeListing = z.array(
  z.object({
    header: TakeHeader,
    renditions: z.array(TakeRendition).max(32),
    segments: z.array(TakeSegment),
    closed: z.boolean(),
  }),
);

export function printTakeListing(takes: readonly TakeIndex[]): string {
  return JSON.stringify(
    takes.map(({ header, renditions, segments, closed }) => ({
      header,
      renditions: [...renditions.values()],
      segments,
      closed,
    })),
  );
}

/** @throws ZodError, SyntaxError */
export function readTakeListing(text: string): TakeIndex[] {
  return TakeListing.parse(JSON.parse(text)).map(({ renditions, ...take }) => ({
    ...take,
    renditions: new Map(renditions.map((each) => [each.rendition.id, each])),
  }));
}
