import { z } from 'zod';
import { StreamId } from './ids';

/**
 * A broadcaster that can only PUT files sends complete media files, pieces of 1 to 30 s, numbered from 0. The web hands each
 * request on to the stream's node as it comes, with a publish grant (`Authorization: Bearer <grant>`):
 *
 * | call at the node | what |
 * |---|---|
 * | `POST /control/pieces/<stream>/upload` | `multipart/form-data` with `sequence` and `video_chunk`; a {@link PieceAnswer} once the piece is safe on disk |
 * | `POST /control/pieces/<stream>/stop` | no piece follows; a {@link PieceStopAnswer} once everything that came is in the video |
 */
export type PieceCall = 'upload' | 'stop';

export function pieceCallPath(streamId: string, call: PieceCall): string {
  return `/control/pieces/${streamId}/${call}`;
}

/** What a path of {@link pieceCallPath} names; `null` for any other path. */
export function parsePieceCallPath(path: string): { streamId: string; call: PieceCall } | null {
  const [, streamId, call] = /^\/control\/pieces\/([A-Za-z0-9_-]+)\/(upload|stop)$/.exec(path) ?? [];
  if (!StreamId.safeParse(streamId).success || streamId === undefined) {
    return null;
  }
  return { streamId, call: call === 'stop' ? 'stop' : 'upload' };
}

/** The largest piece, in bytes of its file. */
export const pieceBytesMax = 64 * 1024 * 1024;
/** Room for what a form puts around the file. */
export const pieceFormBytesMax = pieceBytesMax + 64 * 1024;

/** The number of a piece, as a form field says it. */
export const PieceSequence = z
  .string('is required')
  .regex(/^\d{1,10}$/, 'must be a whole number from 0')
  .transform(Number)
  .refine((sequence) => sequence <= 2_147_483_647, 'must be at most 2147483647');

export const PieceAnswer = z.object({ success: z.boolean(), message: z.string() });
export type PieceAnswer = z.infer<typeof PieceAnswer>;

export const PieceStopAnswer = PieceAnswer.extend({ pieceCount: z.int().min(0) });
export type PieceStopAnswer = z.infer<typeof PieceStopAnswer>;
