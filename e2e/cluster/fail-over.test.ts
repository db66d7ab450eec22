import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Cluster, type OnAir } from './cluster';
import { LiveEdgeWatch, longestMissingMs } from './live-edge-watch';
import { PacedRecorder } from './paced-recorder';

// Real processes share two cores with whatever else runs: the figures that count are those of `npm run test:cluster`.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
const silenceMsMax = 15_000;

const recorder = new PacedRecorder(120);
let cluster: Cluster;
let air: OnAir;
let watch: LiveEdgeWatch;

beforeAll(async () => {
  cluster = await Cluster.start(3);
  air = await cluster.goLive(recorder);
  watch = new LiveEdgeWatch(() => cluster.playbackUrl(air.streamId));
});
afterAll(async () => {
  watch?.[Symbol.dispose]();
  await cluster?.[Symbol.asyncDispose]();
});

/** Waits until a fan sees some media more than now, and, where it is named, from somewhere else than this node. */
async function advances(notFrom?: string): Promise<void> {
  const before = watch.edgeMs;
  const isAhead = () =>
    watch.edgeMs > before + 1000 && (notFrom === undefined || !watch.playlistUrl.startsWith(notFrom));
  await expect.poll(isAhead, { timeout: 60_000, interval: 50 }).toBe(true);
}

async function recording(): Promise<string> {
  const home = new URL((await cluster.playbackUrl(air.streamId)) ?? '').origin;
  return await (await fetch(`${home}/stream/${air.streamId}/90p/recording.m3u8`)).text();
}

test('a player that is not ours counts as a viewer, by what its node saw', async () => {
  const viewers = async () => (await cluster.calls.streams.get({ streamId: air.streamId })).stream.viewers;
  await advances();
  await expect.poll(viewers, { timeout: 30_000 }).toBe(1);
  // Another program is another player, as long as it asks; then it is gone without a word.
  const asksAndCounts = async () => {
    await (await fetch(watch.playlistUrl, { headers: { 'user-agent': 'another player' } })).text();
    return await viewers();
  };
  await expect.poll(asksAndCounts, { timeout: 30_000 }).toBe(2);
  await expect.poll(viewers, { timeout: 30_000 }).toBe(1);
});

test('a node is killed: its publisher goes on at another one and fans follow; once it is back nothing captured is missing', async () => {
  await advances();
  watch.takeLongestSilenceMs();
  const dead = cluster.nodeAt(watch.playlistUrl);
  const reports: number[] = [];
  const sampling = setInterval(async () => reports.push(await cluster.publishersByReports()), 200);
  await dead.kill();
  await advances(dead.publicUrl);
  clearInterval(sampling);
  expect(watch.takeLongestSilenceMs()).toBeLessThan(silenceMsMax);
  expect(Math.max(...reports)).toBeLessThanOrEqual(1);
  expect(air.lines.nodesAtOnceMax).toBe(1);

  expect(air.captured.length).toBeGreaterThan(1);
  await dead.start();
  const missing = async () => longestMissingMs(await recording(), air.captured.slice(0, 1));
  await expect.poll(missing, { timeout: 60_000 }).toBeLessThan(80);
  const wrongNode = await fetch(`${dead.publicUrl}/stream/${air.streamId}/index.m3u8`, { redirect: 'manual' });
  expect(wrongNode.status).toBe(421);
  expect(wrongNode.headers.get('location')).toContain(new URL(watch.playlistUrl).origin);
});

test('Postgres and the web are gone for a while: the stream goes on, and new ones can be made again when they are back', async () => {
  const sessions = air.captured.length;
  for (const away of [cluster.postgres, cluster.web]) {
    await advances();
    const before = watch.edgeMs;
    away.goAway();
    const isMadeMeanwhile = await cluster.canMakeStream();
    await expect.poll(() => watch.edgeMs, { timeout: 60_000, interval: 50 }).toBeGreaterThan(before + 3000);
    away.comeBack();
    // Operations are called here without the web; what they need is the database.
    expect(isMadeMeanwhile).toBe(away === cluster.web);
    await expect.poll(() => cluster.canMakeStream(), { timeout: 60_000 }).toBe(true);
  }
  expect(air.captured).toHaveLength(sessions);
  expect(air.publisher.status()).toMatchObject({ state: 'on-air' });
});

test('a node is told to stop: its publisher moves first, nothing is lost, and it ends cleanly', async () => {
  await advances();
  watch.takeLongestSilenceMs();
  const leaving = cluster.nodeAt(watch.playlistUrl);
  const left = leaving.stop();
  await advances(leaving.publicUrl);
  expect(watch.takeLongestSilenceMs()).toBeLessThan(silenceMsMax);
  expect(await left).toBe(0);
  expect(air.lines.nodesAtOnceMax).toBe(1);
  expect(air.publisher.status()).toMatchObject({ state: 'on-air' });
  await leaving.start();

  expect(await air.publisher.end(20_000)).toBe(true);
  const { captured } = air;
  // After Postgres was away whoever is told to try again does so.
  const isEnded = async () => await cluster.end(air.streamId).then(() => true, String);
  await expect.poll(isEnded, { timeout: 60_000 }).toBe(true);
  const missing = async () => longestMissingMs(await recording(), captured);
  await expect.poll(missing, { timeout: 60_000 }).toBeLessThan(80);
});
