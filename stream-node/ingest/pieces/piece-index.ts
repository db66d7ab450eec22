import { z } from 'zod';
import { RecorderSessionId } from '../../contract/ids';
import { PieceContainer, PieceFacts } from './piece-facts';

/**
 * What is known of a stream's pieces: `<data>/pieces/<stream>/index.jsonl`, one line per happening, each synced before
 * anybody is told of it. A torn last line is a crash and is ignored.
 */
const TakenPiece = z.object({
  type: z.literal('taken'),
  sequence: z.int().min(0),
  /** of the file as it came, in hexadecimal */
  sha256: z.string().length(64),
  container: PieceContainer,
  facts: PieceFacts,
  /** when it was safe on disk, unix milliseconds */
  arrivedAtMs: z.number(),
});
export type TakenPiece = z.infer<typeof TakenPiece>;

/** A piece that was made into an MPEG-TS segment. */
const ListedPiece = z.object({
  type: z.literal('listed'),
  sequence: z.int().min(0),
  /** the segment's file, below the stream's folder */
  file: z.string().regex(/^[0-9]{1,10}\.ts$/),
  /** its place on the stream's timeline, in seconds: what its timestamps say, less the base of all segments */
  startSeconds: z.number().min(0),
  /** what the next piece begins after; not the length of the file's longest track */
  durationSeconds: z.number().positive(),
  /** where its sound ends on the timeline; null: it has none */
  audioEndSeconds: z.number().nullable(),
  hasPicture: z.boolean(),
  bytes: z.int().min(1),
  /** the sequence after which it plays on; null: a discontinuity lies before it */
  follows: z.int().min(0).nullable(),
  /** tracks and decoder configuration; another one needs a discontinuity */
  layout: z.string(),
  /** its gap was passed before it came: it is in the video, not in the live playlist */
  isLate: z.boolean(),
  recorderSession: RecorderSessionId,
});
export type ListedPiece = z.infer<typeof ListedPiece>;

/** A piece that was taken, and cannot be made into anything that plays. */
const SpoiltPiece = z.object({ type: z.literal('spoilt'), sequence: z.int().min(0) });

/** An unbroken run of pieces, to the rest of the node a recorder session. */
const PieceSession = z.object({
  type: z.literal('session'),
  recorderSession: RecorderSessionId,
  /** where on the timeline it begins, in seconds, and the event-clock time of that moment, unix milliseconds */
  startSeconds: z.number().min(0),
  eventTimeMs: z.number(),
  hasVideo: z.boolean(),
  hasAudio: z.boolean(),
});
export type PieceSession = z.infer<typeof PieceSession>;

/** All of a session is in the recording. */
const RecordedSession = z.object({ type: z.literal('recorded'), recorderSession: RecorderSessionId });
/** No piece follows. */
const EndOfPieces = z.object({ type: z.literal('end') });

export const PieceIndexLine = z.discriminatedUnion('type', [
  TakenPiece,
  ListedPiece,
  SpoiltPiece,
  PieceSession,
  RecordedSession,
  EndOfPieces,
]);
export type PieceIndexLine = z.infer<typeof PieceIndexLine>;

/** The lines of an index as far as they are whole, and how many bytes they take. */
export function parsePieceIndex(content: Buffer): { lines: PieceIndexLine[]; bytes: number } {
  const lines: PieceIndexLine[] = [];
  let bytes = 0;
  for (;;) {
    const lineEnd = content.indexOf(0x0a, bytes);
    const parsed = lineEnd < 0 ? null : PieceIndexLine.safeParse(parseJson(content.toString('utf8', bytes, lineEnd)));
    if (!parsed?.success) {
      return { lines, bytes };
    }
    lines.push(parsed.data);
    bytes = lineEnd + 1;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
