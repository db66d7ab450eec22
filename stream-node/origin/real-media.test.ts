import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { commentaryAudio, type Rendition } from '../contract/ladder';
import { videoCutPlan } from '../contract/profiles';
import type { StreamState } from '../contract/stream-state';
import { FragmentReader } from '../isobmff/fragment-reader';
import { StreamPackager } from '../packager/stream-packager';
import { Timeline } from '../packager/timeline';
import { StreamRecorder } from '../recorder/stream-recorder';
import { Recordings } from '../store/recordings';
import { OriginServer } from '../testing/origin-server';
import type { PlayableStream } from './playable-stream';

const run = promisify(execFile);
const seconds = 5;
const frameRate = { numerator: 30, denominator: 1 };
const video: Rendition = { kind: 'video', id: '144p', width: 160, height: 90, frameRate, bitrate: 150_000 };
const renditions = [video, commentaryAudio];
const streamId = 'str_realmedia234';

const muxing =
  '-movflags +empty_moov+default_base_moof+skip_trailer -avoid_negative_ts disabled -output_ts_offset 1 -f mp4';
const picture = `-f lavfi -i testsrc=size=160x90:rate=30:duration=${seconds} -c:v libx264 -preset ultrafast -tune zerolatency \
-g 30 -keyint_min 30 -sc_threshold 0 -video_track_timescale 90000 -frag_duration 330000`;
const sound = `-f lavfi -i sine=sample_rate=48000:duration=${seconds} -c:a aac -ac 1 -b:a 64k -frag_duration 330000`;

test('ffmpeg plays every frame, live without low latency and from the recording over byte ranges', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'zyzz-real-media-'));
  try {
    const recordings = await Recordings.open({ folder });
    using packager = new StreamPackager({
      cut: videoCutPlan('balanced', frameRate),
      renditions,
      dvrWindowSeconds: 60,
      windowBytesMax: 64 * 1024 * 1024,
      uriPrefix: 'real',
    });
    const recorder = new StreamRecorder({
      packager,
      recordings,
      streamId,
      epoch: 1,
      recorderSession: 'rec_realmedia234',
      originSeconds: 1,
      onFailed: (error) => {
        throw error;
      },
    });
    const timeline = new Timeline({ firstSampleEventTimeMs: 1_700_000_000_000, outputTsOffsetSeconds: 1 });
    packager.startSession({ sessionIndex: 0, timeline });
    await feed(packager, video.id, `${picture} ${muxing} pipe:1`);
    await feed(packager, commentaryAudio.id, `${sound} ${muxing} pipe:1`);
    packager.end();
    await recorder.finish();

    let state: StreamState = 'live';
    const stream: PlayableStream = {
      streamId,
      epoch: 1,
      visibility: 'public',
      get state() {
        return state;
      },
      renditions: renditions.map(({ id }) => id),
      window: (id) => packager.window(id),
      takes: () => recordings.takesOf(streamId),
      takeFile: (takeId, renditionId) => recordings.takeFile(streamId, takeId, renditionId),
    };
    await using server = await OriginServer.start([stream]);
    expect(await countFrames(`http://127.0.0.1:${server.port}/stream/${streamId}/index.m3u8`)).toBe(seconds * 30);
    state = 'ended';
    expect((await server.ask(`/stream/${streamId}/index.m3u8`)).text).toContain('144p/recording.m3u8');
    expect(await countFrames(`http://127.0.0.1:${server.port}/stream/${streamId}/index.m3u8`)).toBe(seconds * 30);
    expect(await countFrames(`http://127.0.0.1:${server.port}/stream/${streamId}/manifest.mpd`)).toBe(seconds * 30);
    expect(server.errors).toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
}, 20_000);

async function feed(packager: StreamPackager, renditionId: string, command: string): Promise<void> {
  const options = { encoding: 'buffer' as const, maxBuffer: 64 * 1024 * 1024 };
  const { stdout } = await run('ffmpeg', ['-loglevel', 'error', ...command.split(' ')], options);
  for (const found of new FragmentReader().push(stdout)) {
    if (found.kind === 'init') {
      packager.pushInit(renditionId, found);
    } else {
      packager.pushFragment(renditionId, found);
    }
  }
}

/** Decoded frames of the picture, as ffprobe counts them. */
async function countFrames(url: string): Promise<number> {
  const arguments_ = '-v error -count_frames -select_streams v:0 -show_entries stream=nb_read_frames -of csv=p=0';
  const fromTheStart = url.endsWith('.m3u8') ? ['-live_start_index', '0'] : [];
  const { stdout, stderr } = await run('ffprobe', [...fromTheStart, ...arguments_.split(' '), url]);
  expect(stderr).toBe('');
  return Number.parseInt(stdout, 10);
}
