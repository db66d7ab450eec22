import type { RenditionId } from '../contract/ladder';
import { renditionPlaylist } from '../contract/media-urls';
import type { RenditionSnapshot } from '../packager/media-types';

/** The newest part of another rendition, so that a player that switches to it can ask for the next one at once. */
export type RenditionReport = {
  /** relative to the reporting media playlist, as the format wants (RFC 8216bis 4.4.5.4) */
  readonly uri: string;
  readonly lastMediaSequence: number;
  readonly lastPartIndex: number;
};

/** One report for each rendition but `own` that has published a part. */
export function renditionReports(own: RenditionId, renditions: Iterable<RenditionSnapshot>): RenditionReport[] {
  const reports: RenditionReport[] = [];
  for (const { rendition, segments } of renditions) {
    const newest = segments.at(-1)?.parts.at(-1);
    if (rendition.id !== own && newest) {
      reports.push({
        uri: `../${rendition.id}/${renditionPlaylist}`,
        lastMediaSequence: newest.mediaSequence,
        lastPartIndex: newest.partIndex,
      });
    }
  }
  return reports;
}
