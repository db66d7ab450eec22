import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '../contract/ids';
import type { Rendition } from '../contract/ladder';
import type { NodeSnapshot } from '../contract/snapshots';
import { MatroskaClock } from '../ingest/matroska-clock';
import type { StreamNode } from '../session/stream-node';
import { readBeeps, readFlashes, soundDelaysMs } from './flash-and-beep';
import { validateRenditions, validateVersions } from './hls-validator';
import { makeChangingMedia, makeOddMedia } from './odd-media';
import type { OddSource } from './odd-sources';
import { PlaylistFollower } from './playlist-follower';
import { fetchRuns, type RecordedRun } from './recorded-runs';
import { RtmpEncoder } from './rtmp-encoder';
import { TestPublisher } from './test-publisher';
import type { TestWeb } from './test-web';
import type { Violation } from './violation';

const chunkBytes = 4096;

/** What came of an odd source. */
export type OddOutcome = {
  /** as the node planned them */
  renditions: readonly Rendition[];
  violations: readonly Violation[];
  /** how much later than its flash each beep is, in milliseconds */
  soundDelaysMs: readonly number[];
  pictureSeconds: number;
  soundSeconds: number;
  /** unbroken runs of the picture in the recording */
  runs: number;
};

/** Publishes a source to a node, follows its playlists to the end, and reads the recording back. */
export async function publishOddSource(node: StreamNode, web: TestWeb, source: OddSource): Promise<OddOutcome> {
  const streamId = newId('stream');
  await web.want({ streamId });
  const url = `${node.publicUrl}/stream/${streamId}`;
  const file = await mediaOf(source);
  const rung = `${Math.min(source.expected.size.width, source.expected.size.height)}p`;
  const followed = [rung, 'audio128', 'audio64'];
  const followers = followed.map((id) => new PlaylistFollower(`${url}/${id}/media.m3u8`));
  await (source.container === 'flv' ? push(node, web, streamId, file) : send(node, web, streamId, file, source));
  const violations: Violation[] = [];
  await web.want({ streamId, action: 'end' });
  const ended = await web.snapshotWhere((snapshot) => stateOf(snapshot, streamId) === 'ended');
  for (const follower of followers) {
    const versions = await follower.stop();
    violations.push(
      ...(versions.length === 0 ? [{ rule: 'followed', detail: 'no version was seen' }] : validateVersions(versions)),
    );
  }
  const texts = await Promise.all(
    followed.map(async (id) => [id, await (await fetch(`${url}/${id}/media.m3u8`)).text()] as const),
  );
  violations.push(...validateRenditions(Object.fromEntries(texts)));
  const { frameRate } = source.expected;
  const pictures = await fetchRuns(`${url}/${rung}/recording.m3u8`);
  const sounds = await fetchRuns(`${url}/audio128/recording.m3u8`);
  const flashes = await readFlashes(pictures, frameRate.numerator / frameRate.denominator);
  return {
    renditions: ended.streams.find((stream) => stream.streamId === streamId)?.renditions ?? [],
    violations,
    soundDelaysMs: soundDelaysMs(flashes, await readBeeps(sounds)),
    pictureSeconds: secondsOf(pictures),
    soundSeconds: secondsOf(sounds),
    runs: pictures.length,
  };
}

/** How far sound may be from its picture, in milliseconds. */
const apartMsMax = 40;
/** A track begins and ends with a whole frame, an AAC encoder adds two of its own, and B-frames come two frames later. */
const lengthSecondsMax = 0.15;

/** What is not as it should be, in words; nothing for a source that came out right. */
export function oddFaults({ pieces, expected }: OddSource, outcome: OddOutcome): string[] {
  const faults = outcome.violations.map(({ rule, detail }) => `${rule}: ${detail}`);
  const check = (isRight: boolean, fault: string) => isRight || faults.push(fault);
  const [best] = outcome.renditions;
  const planned = best?.kind === 'video' ? best : undefined;
  const { size, frameRate, flashes } = expected;
  check(planned?.width === size.width && planned.height === size.height, `${planned?.width}×${planned?.height}`);
  check(
    planned?.frameRate.numerator === frameRate.numerator && planned.frameRate.denominator === frameRate.denominator,
    `${planned?.frameRate.numerator}/${planned?.frameRate.denominator} frames a second`,
  );
  check(outcome.runs === 1, `${outcome.runs} runs`);
  const delaysMs = outcome.soundDelaysMs.map((delay) => Math.round(delay));
  check(delaysMs.length === flashes, `${delaysMs.length} flashes with a beep, ${flashes} expected`);
  check(Math.max(...delaysMs.map(Math.abs)) <= apartMsMax, `sound behind the picture by ${delaysMs} ms`);
  const seconds = pieces.reduce((sum, piece) => sum + piece.seconds, 0);
  for (const [track, length] of [
    ['picture', outcome.pictureSeconds],
    ['sound', outcome.soundSeconds],
  ] as const) {
    check(Math.abs(length - seconds) <= lengthSecondsMax, `${length.toFixed(3)} s of ${track}`);
  }
  return faults;
}

async function mediaOf({ container, pieces }: OddSource): Promise<Buffer> {
  const [first] = pieces;
  if (first !== undefined && pieces.length === 1) {
    return await makeOddMedia(container, first);
  }
  if (container === 'mp4') {
    throw new TypeError('an MP4 recorder begins anew where its source changes');
  }
  return await makeChangingMedia(container, pieces);
}

/** As a browser's page does: in chunks, each with its capture time. */
async function send(node: StreamNode, web: TestWeb, streamId: string, file: Buffer, { container, hint }: OddSource) {
  await using publisher = await TestPublisher.connect(node.publicUrl);
  const grant = await web.grant(streamId, 'publish');
  const recorderSession = newId('recorderSession');
  await publisher.hello({
    ...{ streamId, grant, recorderSession },
    ...(container === 'mp4' && { container, mime: 'video/mp4' }),
    ...(hint && { hint: { frameRate: hint } }),
  });
  publisher.send({ type: 'clock', offsetMs: 0, roundTripMs: 1 });
  const clock = container === 'matroska' ? new MatroskaClock() : null;
  const startedAtMs = Date.now() - 10_000;
  const count = Math.ceil(file.byteLength / chunkBytes);
  for (let sequence = 0; sequence < count; sequence += 1) {
    const bytes = file.subarray(sequence * chunkBytes, (sequence + 1) * chunkBytes);
    publisher.chunk(sequence, startedAtMs + (clock?.feed(bytes).firstMs ?? 0), bytes);
  }
  publisher.send({ type: 'finish', lastSequence: count - 1 });
  await publisher.next(({ type }) => type === 'finished');
}

/** As an encoder does, but faster than life. */
async function push(node: StreamNode, web: TestWeb, streamId: string, file: Buffer): Promise<void> {
  const streamKey = `sk_${streamId}-of-an-odd-source`;
  await web.giveKey(streamId, streamKey);
  const folder = await mkdtemp(join(tmpdir(), 'zyzz-odd-'));
  try {
    const path = join(folder, 'source.flv');
    await writeFile(path, file);
    await using encoder = RtmpEncoder.push(path, `${node.rtmpUrl}/${streamKey}`, { atOnce: true });
    if ((await encoder.exited) !== 0) {
      throw new Error(`the encoder failed: ${encoder.stderr}`);
    }
    // What it sent may still be on its way: an end would cut it off.
    await web.snapshotWhere((snapshot) => stateOf(snapshot, streamId) === 'interrupted');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function stateOf(snapshot: NodeSnapshot, streamId: string): string | undefined {
  return snapshot.streams.find((stream) => stream.streamId === streamId)?.state;
}

function secondsOf(runs: readonly RecordedRun[]): number {
  return runs.reduce((sum, { startMs, endMs }) => sum + (endMs - startMs) / 1000, 0);
}
