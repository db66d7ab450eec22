import { deepStrictEqual } from 'node:assert';
import { type ParsedManifest, parse } from 'mpd-parser';
import type { ConformanceRun } from './conformance-run';
import { validateMultivariant, validateRecording, validateRenditions, validateVersions } from './hls-validator';
import { checkMpd, readMpd } from './listed-mpd';
import { readWithFfprobe, readWithMp4box, readWithOurs, readWithShakaPackager } from './media-oracles';
import { expectReadAlike, parseStrictly, readManifest } from './parse-alike';
import type { Violation } from './violation';

/** What was looked at, for a table. */
export type ConformanceFacts = { versions: number; segments: number; violations: Violation[] };

/**
 * All that clients were given in a run, by the rules and by readers of independent make. Throws where readers disagree.
 *
 * @param options.cadenceToleranceMs of a paced run: how late a part may come
 */
export async function checkConformance(
  run: ConformanceRun,
  options: { cadenceToleranceMs?: number } = {},
): Promise<ConformanceFacts> {
  const followed = [...run.full.values(), ...run.delta.values()];
  const last = Object.fromEntries([...run.full].map(([id, versions]) => [id, versions.at(-1)?.text ?? '']));
  const violations = [
    ...followed.flatMap((versions) => validateVersions(versions, options)),
    ...validateRenditions(last),
    ...validateMultivariant(run.multivariant),
    ...run.recorded.flatMap(validateRecording),
  ];
  for (const { text } of followed.flat()) {
    expectReadAlike(text);
  }
  deepStrictEqual(uriCount(parseStrictly(run.multivariant)), readManifest(run.multivariant).playlists?.length);
  checkMpds(run);
  const segments = await checkMedia(run);
  return { versions: followed.flat().length, segments, violations };
}

function uriCount(playlist: ReturnType<typeof parseStrictly>): number {
  return playlist.isMasterPlaylist && 'variants' in playlist ? playlist.variants.length : Number.NaN;
}

/** Every segment with its init section, and every session as a whole. @returns how many segments there were */
async function checkMedia({ full, files }: ConformanceRun): Promise<number> {
  let count = 0;
  for (const [id, versions] of full) {
    const sessions = new Map<string, string[]>();
    let map = '';
    for (const line of (versions.at(-1)?.text ?? '').split('\n')) {
      map = /^#EXT-X-MAP:URI="([^"]+)"/.exec(line)?.[1] ?? map;
      if (line !== '' && !line.startsWith('#')) {
        sessions.set(map, [...(sessions.get(map) ?? []), line]);
      }
    }
    for (const [initUri, uris] of sessions) {
      count += uris.length;
      await checkSession(
        files.get(`${id}/${initUri}`) ?? Buffer.alloc(0),
        uris.map((uri) => files.get(`${id}/${uri}`) ?? Buffer.alloc(0)),
      );
    }
  }
  return count;
}

async function checkSession(init: Buffer, segments: readonly Buffer[]): Promise<void> {
  for (const segment of segments) {
    const alone = Buffer.concat([init, segment]);
    deepStrictEqual(readWithMp4box(alone), readWithOurs(alone), 'mp4box reads a segment otherwise');
  }
  const whole = Buffer.concat([init, ...segments]);
  const { codec, samples } = readWithOurs(whole);
  deepStrictEqual(await readWithFfprobe(whole), { samples }, 'ffprobe reads a session otherwise');
  const shaka = await readWithShakaPackager(whole);
  if (shaka === null) {
    process.stderr.write('shaka-packager has no program for this platform: not asked\n');
  } else {
    deepStrictEqual(shaka, { codec }, 'shaka-packager reads a session otherwise');
  }
}

/** Both MPDs list for mpd-parser what they list for us. */
function checkMpds({ mpd }: ConformanceRun): void {
  const manifestUri = 'http://node.test/stream/manifest.mpd';
  for (const text of [mpd.live, mpd.recorded]) {
    const ours = readMpd(text);
    checkMpd(ours);
    const byRepresentation = new Map<string, { uri: string; milliseconds: number }[]>();
    for (const { id, segments } of ours.periods.flatMap(({ representations }) => representations)) {
      const listed = segments.map(({ uri, startSeconds, endSeconds }) => ({
        uri: new URL(uri, manifestUri).href,
        milliseconds: Math.round((endSeconds - startSeconds) * 1000),
      }));
      byRepresentation.set(id, [...(byRepresentation.get(id) ?? []), ...listed]);
    }
    deepStrictEqual(readWithMpdParser(parse(text, { manifestUri })), byRepresentation, 'mpd-parser reads it otherwise');
  }
}

function readWithMpdParser(manifest: ParsedManifest): Map<string, { uri: string; milliseconds: number }[]> {
  const sounds = Object.values(manifest.mediaGroups.AUDIO).flatMap((group) => Object.values(group));
  const playlists = [...manifest.playlists, ...sounds.flatMap(({ playlists }) => playlists)];
  return new Map(
    playlists.map(({ attributes, segments }) => [
      attributes.NAME,
      segments.map(({ resolvedUri, duration }) => ({ uri: resolvedUri, milliseconds: Math.round(duration * 1000) })),
    ]),
  );
}
