import type { ListedPlaylist } from './listed-playlist';
import { controlText } from './rules-over-time';
import type { Report } from './violation';

/** What the media playlists of one stream, taken at the same moment, must agree on (RFC 8216bis 4.4.5.4, 6.2.4). */
export function checkRenditions(playlists: ReadonlyMap<string, ListedPlaylist>, report: Report): void {
  const [first] = playlists;
  if (first === undefined) {
    return;
  }
  const [modelId, model] = first;
  for (const [id, playlist] of playlists) {
    if (playlist.targetDurationSeconds !== model.targetDurationSeconds) {
      report('renditions-target-duration', `${id} and ${modelId} differ`);
    }
    if (controlText(playlist) !== controlText(model)) {
      report('renditions-server-control', `${id} and ${modelId} differ`);
    }
    checkAlignment(id, playlist, modelId, model, report);
    for (const [otherId, other] of playlists) {
      if (otherId !== id) {
        checkReport(id, playlist, otherId, other, report);
      }
    }
  }
}

/** Segments of one number begin within half a target duration of each other, in the same discontinuity. */
function checkAlignment(
  id: string,
  playlist: ListedPlaylist,
  modelId: string,
  model: ListedPlaylist,
  report: Report,
): void {
  const numbers = discontinuityNumbers(playlist);
  const modelNumbers = discontinuityNumbers(model);
  for (const segment of playlist.segments) {
    const twin = model.segments.find(({ mediaSequence }) => mediaSequence === segment.mediaSequence);
    if (twin === undefined || twin.gap || segment.gap) {
      continue;
    }
    const where = `segment ${segment.mediaSequence} of ${id} and ${modelId}`;
    if (numbers.get(segment.mediaSequence) !== modelNumbers.get(segment.mediaSequence)) {
      report('renditions-discontinuity', `${where} have different discontinuity numbers`);
    }
    const apartMs = Math.abs((segment.programDateTimeMs ?? 0) - (twin.programDateTimeMs ?? 0));
    if (apartMs > model.targetDurationSeconds * 500) {
      report('renditions-apart', `${where} begin ${apartMs} ms apart`);
    }
  }
}

function discontinuityNumbers({ discontinuitySequence, segments, skipped }: ListedPlaylist): Map<number, number> {
  const numbers = new Map<number, number>();
  let number = discontinuitySequence;
  if (skipped === undefined) {
    for (const { mediaSequence, discontinuity } of segments) {
      number += discontinuity ? 1 : 0;
      numbers.set(mediaSequence, number);
    }
  }
  return numbers;
}

function checkReport(
  id: string,
  playlist: ListedPlaylist,
  otherId: string,
  other: ListedPlaylist,
  report: Report,
): void {
  const said = playlist.reports.find(({ uri }) => uri.split('/').includes(otherId));
  const newest = other.segments.at(-1);
  if (newest === undefined || playlist.ended) {
    return;
  }
  if (said === undefined) {
    report('report-missing', `${id} does not report ${otherId}`);
  } else if (Math.abs(said.lastMediaSequence - newest.mediaSequence) > 1) {
    report(
      'report-stale',
      `${id} reports ${said.lastMediaSequence} of ${otherId}, which is at ${newest.mediaSequence}`,
    );
  }
}
