import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../clock';
import { newId } from '../contract/ids';
import { commentaryAudio, planLadder, type RenditionId, stereoAudio } from '../contract/ladder';
import { videoCutPlan } from '../contract/profiles';
import { LeftJournal } from '../ingest/left-journal';
import { WebSocketSource } from '../ingest/websocket-source';
import { createLogger } from '../logger';
import type { PlayableStream } from '../origin/playable-stream';
import { Recordings } from '../store/recordings';
import { StreamLedger } from '../store/stream-ledger';
import { TakeIndexLine } from '../store/take-index';
import { CountedBroadcast, countTo, readRecordedCount } from '../testing/counted-broadcast';
import { OriginServer } from '../testing/origin-server';
import { prepareFfmpeg } from '../transcode/ffmpeg-abilities';
import { remakeJournal } from './journal-remake';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const seconds = 3;
const broadcast = await CountedBroadcast.make(seconds);
const [streamId, recorderSession] = [newId('stream'), newId('recorderSession')];
const frameRate = { numerator: 30, denominator: 1 };
const hello = {
  ...{ streamId, recorderSession, mime: 'video/webm', container: 'matroska' as const },
  ...{ hasVideo: true, hasAudio: true },
};

let dataDirectory: string;
let wholeIndex: string;
let indexPath: string;

beforeAll(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'zyzz-remake-'));
  const ledger = await StreamLedger.open(dataDirectory, streamId);
  const renditions = [...planLadder({ width: 160, height: 90, frameRate }), stereoAudio, commentaryAudio];
  const cut = videoCutPlan('balanced', frameRate);
  const facts = { nextMediaSequence: 0, discontinuityNumber: 0, record: true, graceSeconds: 0 };
  await ledger.begin({ renditions, cut, ...facts });
  await send(0, broadcast.at(0.9));
  await remake();
  const takes = await readdir(join(dataDirectory, 'recordings', streamId));
  indexPath = join(dataDirectory, 'recordings', streamId, takes[0] ?? '', 'index.jsonl');
  wholeIndex = await readFile(indexPath, 'utf8');
  await send(broadcast.at(0.9));
});
afterAll(() => rm(dataDirectory, { recursive: true, force: true }));

async function send(from: number, to?: number): Promise<void> {
  const clock = systemClock;
  const source = await WebSocketSource.open({
    hello,
    epoch: 1,
    dataDirectory,
    clock,
    isLive: false,
    onClosed: () => {},
  });
  source.sample({ offsetMs: 0, roundTripMs: 1 });
  const chunk = (sequence: number, captureTimeMs: number, bytes: Uint8Array) => {
    expect(source.accept({ sequence, captureTimeMs, bytes })).toBe('taken');
  };
  broadcast.send({ chunk }, from, to);
  await source.close();
}

/** What a node does that finds the journal. */
async function remake(): Promise<Recordings> {
  const recordings = await Recordings.open({ folder: join(dataDirectory, 'recordings') });
  const source = await LeftJournal.open({ streamId, recorderSession, dataDirectory, clock: systemClock });
  if (source === null) {
    throw new Error('the journal is gone');
  }
  source.end();
  const ports = {
    ...{ recordings, dataDirectory, clock: systemClock, logger: createLogger({ level: 'silent' }), uriPrefix: 'boot' },
    ...{ abilities: await prepareFfmpeg('ffmpeg'), ffprobePath: 'ffprobe', encoderStallMs: 20_000 },
  };
  expect(await remakeJournal(source, ports, new AbortController().signal)).toBe(true);
  await source.close();
  return recordings;
}

/** The take's index as a crash leaves it that came when these renditions' first segments were stored. */
function cutIndex(stored: readonly RenditionId[]): string {
  const lines = wholeIndex.split('\n').filter((line) => line !== '');
  const isKept = (line: string) => {
    const found = TakeIndexLine.parse(JSON.parse(line));
    switch (found.type) {
      case 'take':
        return true;
      case 'rendition':
        return stored.includes(found.rendition.id);
      case 'segment':
        return stored.includes(found.renditionId) && found.mediaSequence === 0;
      case 'end':
        return false;
      default:
        return found satisfies never;
    }
  };
  return lines
    .filter(isKept)
    .map((line) => `${line}\n`)
    .join('');
}

test.each<[RenditionId[]]>([[['90p', 'audio128']], [['audio64']]])(
  'of a node killed when of a take %j alone were stored nothing acknowledged is missing',
  async (stored) => {
    const folder = join(dataDirectory, 'recordings', streamId);
    await writeFile(indexPath, cutIndex(stored));
    const recordings = await remake();
    const stream: PlayableStream = {
      ...{ streamId, epoch: 1, visibility: 'public', state: 'ended', renditions: [] },
      window: () => undefined,
      takes: () => recordings.takesOf(streamId),
      takeFile: (takeId, renditionId) => recordings.takeFile(streamId, takeId, renditionId),
    };
    const origin = await OriginServer.start([stream]);
    onTestFinished(async () => {
      await origin[Symbol.asyncDispose]();
      for (const takeId of await readdir(folder)) {
        if (!indexPath.includes(takeId)) {
          await rm(join(folder, takeId), { recursive: true });
        }
      }
    });
    const recorded = await readRecordedCount(`http://127.0.0.1:${origin.port}/stream/${streamId}`);
    expect(recorded.numbers).toEqual(countTo(seconds * 30));
    expect(recorded.ladder).toEqual(countTo(2 * seconds));
    expect(recorded.longestHoleMs).toBeLessThan(25);
    const segments = (await recordings.takesOf(streamId)).flatMap((take) => take.segments);
    expect(Math.max(...segments.map(({ durationSeconds }) => Math.round(durationSeconds)))).toBe(2);
  },
);
