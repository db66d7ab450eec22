import { type RecordedRun, recordedRuns } from '../manifest/recorded-runs';
import { renditionFileName } from '../store/recording-paths';
import type { TakeIndex, TakeRendition, TakeSegment } from '../store/take-index';
import type { FileSpan } from '../transcode/recording-commands';

/**
 * The init section and some segments of one rendition of a take, as few stretches of its file as they are.
 *
 * @param takeFolder in the command's folder
 */
export function spansOf(source: TakeRendition, segments: readonly TakeSegment[], takeFolder: string): FileSpan[] {
  const file = `${takeFolder}/${renditionFileName(source.rendition.id)}`;
  const spans: FileSpan[] = [{ file, start: 0, end: source.initBytes }];
  for (const { offset, length } of segments) {
    const last = spans.at(-1);
    if (last !== undefined && last.end === offset) {
      spans[spans.length - 1] = { ...last, end: offset + length };
    } else {
      spans.push({ file, start: offset, end: offset + length });
    }
  }
  return spans;
}

/** What a downloaded file is made of: for each take the tracks that lie beside each other. */
export type RecordedPiece = { tracks: RecordedRun[]; durationSeconds: number; bytes: number };

/**
 * The pieces of one rendition's file, in event-clock order: a picture with the best sound beside it, or a sound alone.
 */
export function piecesOf(takes: readonly TakeIndex[], renditionId: string, soundId: string | null): RecordedPiece[] {
  const sound = soundId === null ? [] : recordedRuns(takes, soundId);
  return recordedRuns(takes, renditionId).map((run) => {
    const beside = sound.find(({ take }) => take.header.takeId === run.take.header.takeId);
    const tracks = beside === undefined ? [run] : [run, beside];
    return {
      tracks,
      durationSeconds: run.segments.reduce((sum, segment) => sum + segment.durationSeconds, 0),
      bytes: tracks.flatMap(({ segments }) => segments).reduce((sum, { length }) => sum + length, 0),
    };
  });
}
