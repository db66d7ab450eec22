/** The part of mpd-parser that the tests use; the package comes without types. */
declare module 'mpd-parser' {
  export type ParsedSegment = { resolvedUri: string; duration: number; number: number; timeline: number };
  export type ParsedPlaylist = {
    attributes: { NAME: string };
    endList: boolean;
    segments: ParsedSegment[];
  };
  export type ParsedManifest = {
    endList: boolean;
    playlists: ParsedPlaylist[];
    mediaGroups: { AUDIO: Record<string, Record<string, { playlists: ParsedPlaylist[] }>> };
  };
  export function parse(mpd: string, options: { manifestUri: string; NOW?: number }): ParsedManifest;
}
