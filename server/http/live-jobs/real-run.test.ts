import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { curl } from '../../testing/curl';
import { StreamNodeProcess } from '../../testing/stream-node-process';
import { callerOf } from '../../testing/test-context';
import { openTestDatabase } from '../../testing/test-database';
import { makePerson } from '../../testing/test-people';
import { startTestWeb } from '../../testing/test-web';

const spec = {
  Output: {
    Stream_type: 'hls',
    Segment_duration: 1,
    Fragment_duration: 0.5,
    Video_outputs: [{ Label: 'big', Framerate: 20, Width: 160, Height: 90, Bitrate: '100k', Preset: 'ultrafast' }],
    Audio_outputs: [{ Label: 'voice', Bitrate: '48k' }],
  },
};

type Job = Record<string, unknown> & {
  Id: string;
  State: string;
  StreamKey: string;
  RtmpIngestUrl: string;
  Playback_url: string;
  Total_bytes_ingested: number;
};

/** An encoder that sends at the speed of life until it is told to go, or is sent away. */
function push({ RtmpIngestUrl, StreamKey }: Job) {
  const child = spawn(
    'ffmpeg',
    [
      ...['-hide_banner', '-loglevel', 'error', '-nostdin', '-re', '-f', 'lavfi', '-i', 'testsrc2=size=160x90:rate=20'],
      ...[
        '-re',
        '-f',
        'lavfi',
        '-i',
        'sine=frequency=440:sample_rate=48000',
        '-c:v',
        'libx264',
        '-preset',
        'ultrafast',
      ],
      ...['-g', '20', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-t', '60', '-f', 'flv', `${RtmpIngestUrl}/${StreamKey}`],
    ],
    { stdio: 'ignore' },
  );
  const exited = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  onTestFinished(stop);
  return { exited, stop };
}

test('an encoder’s stream through a job: streaming, held, stopped, resumed with the same key, deleted', async () => {
  const database = await openTestDatabase();
  const web = await startTestWeb(database);
  const node = await StreamNodeProcess.start(web, database.db);
  onTestFinished(async () => {
    await node[Symbol.asyncDispose]();
    await web.close();
    await database.close();
  });
  const person = await makePerson(database.db, 'Sabina');
  const { token } = await callerOf(database, person).tokens.create({ userId: person.id, name: 'x' });
  const call = async (method: string, path: string, ...more: string[]) => {
    const { status, body } = await curl(
      '-H',
      `Authorization: Bearer ${token}`,
      '-X',
      method,
      ...more,
      `${web.url}${path}`,
    );
    return { status, job: JSON.parse(body) as Job };
  };
  const jobWhere = async (id: string, holds: (job: Job) => boolean): Promise<Job> => {
    for (;;) {
      const { job } = await call('GET', `/jobs/${id}`);
      if (holds(job)) {
        return job;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const listed = async (job: Job) => {
    const rendition = new URL('big/media.m3u8', job.Playback_url);
    const playlist = await (await fetch(rendition)).text();
    return { playlist, segments: (playlist.match(/#EXTINF/g) ?? []).length };
  };

  const { status, job } = await call('POST', '/jobs', '-d', JSON.stringify(spec));
  expect(status).toBe(201);
  await jobWhere(job.Id, ({ State }) => State === 'running');
  const first = push(job);
  const live = await jobWhere(
    job.Id,
    (now) =>
      now.State === 'streaming' && Number(now.Transcoding_cpu_utilization) > 0 && Number(now.Total_active_seconds) > 1,
  );
  expect(live.Ingress_bandwidth_kbps).toBeGreaterThan(0);
  expect(live.Total_bytes_ingested).toBeGreaterThan(0);
  expect((await call('GET', `/jobs/${job.Id}/input-info`)).job).toMatchObject({
    Container: 'flv',
    Video: { Codec: 'h264', Width: 160, Height: 90 },
    Audio: { Codec: 'aac' },
  });
  const multivariant = await (await fetch(live.Playback_url)).text();
  expect(multivariant).toContain('RESOLUTION=160x90,FRAME-RATE=20.000');
  expect(multivariant).toContain('URI="voice/media.m3u8"');
  const before = await listed(live);
  expect(before.playlist).toContain('#EXT-X-TARGETDURATION:1\n');
  expect(before.playlist).not.toContain('#EXT-X-PART');
  expect([...before.playlist.matchAll(/#EXTINF:([\d.]+)/g)].map(([, seconds]) => Number(seconds))[0]).toBeCloseTo(1, 1);

  // Held: the input goes on, the output stands.
  expect((await call('PUT', `/jobs/${job.Id}/pause`)).job.State).toBe('paused');
  await jobWhere(job.Id, (now) => now.Transcoding_cpu_utilization === 0);
  const held = await listed(live);
  const { Total_bytes_ingested: bytes } = await jobWhere(job.Id, () => true);
  await jobWhere(job.Id, (now) => now.Total_bytes_ingested > bytes + 20_000);
  expect((await listed(live)).segments).toBe(held.segments);
  expect((await call('PUT', `/jobs/${job.Id}/resume`)).status).toBe(202);
  await jobWhere(job.Id, ({ State }) => State === 'streaming');
  const again = await (async () => {
    for (;;) {
      const now = await listed(live);
      if (now.playlist.includes('#EXT-X-DISCONTINUITY\n')) {
        return now.playlist;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  // What was held is not shown afterwards: the event clock jumps.
  const [, end = '', begin = ''] =
    /PROGRAM-DATE-TIME:(\S+)\n#EXTINF[^\n]*\n[^\n]*\n#EXT-X-DISCONTINUITY\n(?:#EXT-X-MAP[^\n]*\n)?#EXT-X-PROGRAM-DATE-TIME:(\S+)/.exec(
      again,
    ) ?? [];
  expect(Date.parse(begin) - Date.parse(end)).toBeGreaterThan(1500);

  // Stopped: the encoder is sent away; the same key streams again once the job is resumed.
  expect((await call('PUT', `/jobs/${job.Id}/stop`)).job.State).toBe('stopped');
  await first.exited;
  const resumed = await call('PUT', `/jobs/${job.Id}/resume`);
  expect(resumed.job).toMatchObject({ Id: job.Id, State: 'running', StreamKey: job.StreamKey });
  const second = push(resumed.job);
  const total = (await jobWhere(job.Id, ({ State }) => State === 'streaming')).Total_bytes_ingested;
  expect(total).toBeGreaterThan(bytes);
  expect((await call('DELETE', `/jobs/${job.Id}`)).status).toBe(403);
  await call('PUT', `/jobs/${job.Id}/stop`);
  await second.exited;
  expect((await call('DELETE', `/jobs/${job.Id}`)).status).toBe(200);
  expect((await call('GET', `/jobs/${job.Id}`)).status).toBe(404);
}, 60_000);
