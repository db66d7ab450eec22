import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodes, streams } from '../../../db/schema';
import { newId } from '../../../stream-node/contract/ids';
import type { ObservedStream } from '../../../stream-node/contract/snapshots';
import { receiveSnapshot } from '../../nodes/receive-snapshot';
import { type CurlAnswer, curl } from '../../testing/curl';
import { callerOf, testContext } from '../../testing/test-context';
import { openTestDatabase, type TestDatabase } from '../../testing/test-database';
import { nodeSnapshot, observedStream } from '../../testing/test-node';
import { makePerson } from '../../testing/test-people';
import { startTestWeb, type TestWeb } from '../../testing/test-web';

const operator = ['-H', 'Authorization: Bearer the-operator-token-of-a-test'];
const spec = {
  Output: { Stream_type: 'dash', Video_outputs: [{ Width: 640, Height: 360, Bitrate: '365k' }] },
};

let database: TestDatabase;
let web: TestWeb;
let owner: string[];
let other: string[];
const workers = [newId('node'), newId('node')] as const;

beforeAll(async () => {
  database = await openTestDatabase();
  web = await startTestWeb(database, { ZYZZ_OPERATOR_TOKEN: 'the-operator-token-of-a-test' });
  [owner, other] = (await Promise.all(
    ['Sabina', 'Ramesh'].map(async (name) => {
      const person = await makePerson(database.db, name);
      const { token } = await callerOf(database, person).tokens.create({ userId: person.id, name: 'x' });
      return ['-H', `Authorization: Bearer ${token}`];
    }),
  )) as [string[], string[]];
  await report(0);
});
afterAll(async () => {
  await web.close();
  await database.close();
});

const at = (path: string) => `${web.url}${path}`;
const put = (path: string) => ['-X', 'PUT', at(path)];

/** A snapshot of a worker; both stay alive however long the tests take. */
async function report(index: 0 | 1, reported: ObservedStream[] = []) {
  const nodeId = workers[index];
  const snapshot = nodeSnapshot({
    ...{ nodeId, publicUrl: `http://worker${index}.example:8001`, streams: reported },
    rtmpUrl: `rtmp://worker${index}.example:1936/live`,
  });
  const desired = await receiveSnapshot(testContext(database), snapshot);
  await database.db
    .update(nodes)
    .set({ lastSeenAt: new Date(Date.now() + 3_600_000) })
    .where(eq(nodes.id, nodeId));
  return desired.streams;
}

type Job = Record<string, unknown> & { Id: string; State: string; StreamKey: string };
const jobOf = ({ body }: CurlAnswer): Job => JSON.parse(body);
const said = ({ status, body }: CurlAnswer) => `${status} ${body}`;

async function make(body: unknown = spec, ...more: string[]): Promise<CurlAnswer> {
  return await curl(...owner, ...more, '-d', JSON.stringify(body), at('/jobs'));
}

test('a job from its making to its end, as curl speaks it', async () => {
  const made = await make();
  expect(made.status).toBe(201);
  const job = jobOf(made);
  const { Id } = job;
  expect(job).toEqual({
    Id: expect.stringMatching(/^str_/),
    State: 'created',
    State_reason: '',
    Spec: {
      Output: {
        ...{ Stream_type: 'dash', Segment_format: 'fmp4', Segment_duration: 4, Fragment_duration: 1 },
        ...{ Low_latency_mode: 0, Time_shift_buffer_depth: 600, Audio_outputs: [] },
        Video_outputs: [{ Label: '360p', Codec: 'h264', Width: 640, Height: 360, Bitrate: 365_000 }],
      },
    },
    StreamKey: expect.stringMatching(/^sk_[\w-]{32}$/),
    RtmpIngestUrl: 'rtmp://worker0.example:1936/live',
    RtmpIngestPort: 1936,
    Playback_url: `http://worker0.example:8001/stream/${Id}/manifest.mpd`,
    Input_info_url: expect.stringMatching(new RegExp(`/jobs/${Id}/input-info$`)),
    Job_validation_warnings: [],
    Time_created: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    Assigned_worker_id: workers[0],
    Time_last_worker_report_ms: 0,
    Ingress_bandwidth_kbps: 0,
    Transcoding_cpu_utilization: 0,
    Total_bytes_ingested: 0,
    Total_up_seconds: 0,
    Total_active_seconds: 0,
  });
  expect(said(await curl(...owner, at(`/jobs/${Id}/input-info`)))).toBe(
    '404 {"Error":"no_input: nothing has arrived yet"}',
  );

  // The worker knows of it: it is ready.
  expect(await report(0, [observedStream(Id, { state: 'created' })])).toMatchObject([
    { streamId: Id, action: 'run', record: false, custom: { segmentSeconds: 4, gopSeconds: 1 } },
  ]);
  const get = async (who = owner) => jobOf(await curl(...who, at(`/jobs/${Id}/`)));
  expect(await get()).toMatchObject({ State: 'running', StreamKey: job.StreamKey });

  const figures = {
    bytesIn: 40_000,
    ingressKbps: 365.25,
    encoderCpuPercent: 12.34,
    upSeconds: 9.6,
    activeSeconds: 4.4,
  };
  const input = { container: 'flv', video: { codec: 'h264', width: 1280, height: 720, frameRate: 25 } };
  await report(0, [observedStream(Id, { state: 'live', startedAtMs: Date.now(), ...figures, input })]);
  expect(await get(operator)).toMatchObject({
    ...{ State: 'streaming', StreamKey: '', Ingress_bandwidth_kbps: 365.3, Transcoding_cpu_utilization: 12.3 },
    ...{ Total_bytes_ingested: 40_000, Total_up_seconds: 10, Total_active_seconds: 4 },
  });
  expect(said(await curl(...owner, at(`/jobs/${Id}/input-info`)))).toBe(
    '200 {"Container":"flv","Video":{"Codec":"h264","Width":1280,"Height":720,"Framerate":25},"Audio":null}',
  );

  const paused = await curl(...owner, ...put(`/jobs/${Id}/pause`));
  expect([paused.status, jobOf(paused).State]).toEqual([202, 'paused']);
  expect(said(await curl(...owner, ...put(`/jobs/${Id}/pause/`)))).toBe(
    '403 {"Error":"already_paused: the job is paused already"}',
  );
  // A report that was under way does not undo it.
  expect(await report(0, [observedStream(Id, { state: 'live', ...figures })])).toMatchObject([{ action: 'pause' }]);
  expect(jobOf(await curl(...owner, ...put(`/jobs/${Id}/resume`)))).toMatchObject({ State: 'running' });
  expect(await report(0, [observedStream(Id, { state: 'paused', ...figures })])).toMatchObject([{ action: 'run' }]);
  expect(said(await curl(...owner, ...put(`/jobs/${Id}/resume`)))).toBe(
    '403 {"Error":"already_running: the job runs already"}',
  );

  expect(said(await curl(...owner, '-X', 'DELETE', at(`/jobs/${Id}`)))).toBe(
    '403 {"Error":"not_stopped: stop the job before you delete it"}',
  );
  const stopped = await curl(...owner, ...put(`/jobs/${Id}/stop`));
  expect([stopped.status, jobOf(stopped)]).toEqual([
    202,
    expect.objectContaining({ State: 'stopped', Assigned_worker_id: '', Ingress_bandwidth_kbps: 0 }),
  ]);
  expect(said(await curl(...owner, ...put(`/jobs/${Id}/stop`)))).toBe(
    '403 {"Error":"already_stopped: the job is stopped already"}',
  );
  expect(await report(0)).toMatchObject([{ streamId: Id, action: 'park' }]);

  // Another worker: id, key and what was counted stay.
  await database.db.update(nodes).set({ draining: true }).where(eq(nodes.id, workers[0]));
  await report(1);
  expect(jobOf(await curl(...owner, ...put(`/jobs/${Id}/resume`)))).toMatchObject({
    ...{ Id, State: 'running', StreamKey: job.StreamKey, Assigned_worker_id: workers[1] },
    ...{ RtmpIngestUrl: 'rtmp://worker1.example:1936/live', Total_bytes_ingested: 40_000 },
  });
  // It was not told yet, and nobody was there to be lost.
  await report(1);
  expect(await report(1, [observedStream(Id, { epoch: 2, state: 'created' })])).toMatchObject([
    { streamId: Id, epoch: 2, action: 'run' },
  ]);
  await report(1, [observedStream(Id, { epoch: 2, bytesIn: 2000 })]);
  expect(await get()).toMatchObject({ State: 'streaming', Total_bytes_ingested: 42_000 });
  // Its encoder stays away: it is stopped, and can be resumed.
  await report(1, [observedStream(Id, { epoch: 2, state: 'ended', bytesIn: 2000 })]);
  expect(await get()).toMatchObject({ State: 'stopped', State_reason: 'The broadcaster did not come back in time' });
  const gone = await curl(...owner, '-X', 'DELETE', at(`/jobs/${Id}`));
  expect(said(gone)).toBe(`200 {"Id":"${Id}"}`);
  expect(said(await curl(...owner, at(`/jobs/${Id}`)))).toBe('404 {"Error":"not_found: There is no such job"}');
});

test('a bad spec makes nothing, and says why', async () => {
  const before = await database.db.$count(streams);
  const refused = await make({ Output: { ...spec.Output, Stream_type: 'smooth' } });
  expect(said(refused)).toBe('400 {"Error":"bad_stream_type: Output.Stream_type must be hls or dash"}');
  expect(said(await curl(...owner, '-d', '[]', at('/jobs')))).toMatch(/^400 \{"Error":"bad_request: /);
  expect(await database.db.$count(streams)).toBe(before);
});

test('the same idempotency key makes one job', async () => {
  const key = ['-H', 'Idempotency-Key: job-of-a-test'];
  const [first, again] = [await make(spec, ...key), await make(spec, ...key)];
  expect(again.status).toBe(201);
  expect(again.body).toBe(first.body);
});

test('jobs are their owner’s; operators see them all, and the workers', async () => {
  const made = jobOf(await curl(...owner, '-d', JSON.stringify(spec), at('/createLiveJob/')));
  await report(1, [observedStream(made.Id, { state: 'created' })]);
  const listed = async (who: string[], path: string) =>
    (JSON.parse((await curl(...who, at(path))).body) as Job[]).map(({ Id }) => Id);
  expect((await listed(owner, '/jobs?limit=1'))[0]).toBe(made.Id);
  expect((await curl(...owner, at('/jobs?limit=1'))).headers.get('link')).toContain('rel="next"');
  expect(await listed(owner, '/jobs/active')).toEqual([made.Id]);
  expect(await listed(operator, '/jobs/active/')).toEqual([made.Id]);
  expect(await listed(other, '/jobs')).toEqual([]);
  for (const [who, status] of [
    [other, 404],
    [operator, 403],
    [[], 401],
  ] as const) {
    expect((await curl(...who, ...put(`/jobs/${made.Id}/stop`))).status).toBe(status);
  }
  expect((await curl(...other, at(`/jobs/${made.Id}`))).status).toBe(404);
  expect((await curl(at(`/jobs/${made.Id}`))).status).toBe(401);
  expect((await curl(...operator, '-d', JSON.stringify(spec), at('/jobs'))).status).toBe(403);
  expect((await curl(...owner, at('/workers'))).status).toBe(403);
  const [worker] = JSON.parse((await curl(...operator, at('/workers'))).body);
  expect(worker).toMatchObject({ Id: workers[1], State: 'alive', Encoder_slots: 100 });
  expect(JSON.parse((await curl(...operator, at(`/workers/${worker.Id}/`))).body)).toEqual(worker);
});

test('the event of live jobs is on no list', async () => {
  expect((await curl(at('/api/event/'))).body).toBe('{"error":"","data":[]}');
});
