import type { Cluster, OnAir } from '../cluster';
import { longestMissingMs } from '../live-edge-watch';
import { type Figure, until } from './proof';

const missingMsMax = 80;

async function recordingOf(cluster: Cluster, streamId: string): Promise<string> {
  const home = new URL((await cluster.playbackUrl(streamId)) ?? '').origin;
  return await (await fetch(`${home}/stream/${streamId}/90p/recording.m3u8`)).text();
}

/**
 * Ends a broadcast, and looks whether all that was captured is in its recording, once all nodes are back: what a node had not
 * acknowledged when it died is sent there by the publisher.
 */
export async function nothingIsMissing(cluster: Cluster, { streamId, publisher, captured }: OnAir): Promise<Figure> {
  await publisher.end(60_000);
  await cluster.end(streamId);
  let missingMs = Number.POSITIVE_INFINITY;
  await until('nothing captured is missing', async () => {
    missingMs = longestMissingMs(await recordingOf(cluster, streamId), captured);
    return missingMs <= missingMsMax;
  }).catch(() => undefined);
  return { what: 'longest stretch captured and missing', value: missingMs, limit: missingMsMax, unit: 'ms' };
}
