import { systemClock } from '../clock';
import type { NodeConfig } from '../config';
import type { Codec } from '../contract/codecs';
import type { NodeSnapshot } from '../contract/snapshots';
import type { NodeFigures } from '../control/node-metrics';
import type { JournalSizes } from '../store/journal-sizes';
import { socketDirectory } from '../transcode/socket-folder';
import type { DiskWatch } from './disk-watch';
import type { StreamDirectory } from './stream-directory';

/** What a node tells of itself, to the web and to whoever reads its metrics. */
export type ReportedNode = {
  nodeId: string;
  bootId: string;
  config: NodeConfig;
  publicUrl: string;
  rtmpUrl: string | null;
  /** what it listens on */
  listening: { address: string; port: number };
  encoderSlots: number;
  /** what its ffmpeg can encode */
  codecs: readonly Codec[];
  /** new streams are refused, whoever wished it */
  isDraining: boolean;
  /** `undefined` until what is on disk was read */
  directory: StreamDirectory | undefined;
  disk: Pick<DiskWatch, 'observed'> | undefined;
  journals: Pick<JournalSizes, 'observed'>;
};

/** The whole observed state of a node. */
export async function nodeSnapshot(node: ReportedNode): Promise<NodeSnapshot> {
  const { config, publicUrl, directory, disk, listening } = node;
  const journals = node.journals.observed;
  const streams = directory?.observe(systemClock.nowMs()) ?? [];
  // With TLS, plain HTTP is for the processes of one machine: see `SecurePort`.
  const isBesideTheWeb = config.tls === null || config.webUrl.startsWith('http:');
  return {
    nodeId: node.nodeId,
    bootId: node.bootId,
    name: config.name,
    hostName: config.hostName,
    internalAddress: listening.address,
    externalAddress: new URL(publicUrl).hostname,
    publicUrl,
    rtmpUrl: node.rtmpUrl,
    controlUrl: isBesideTheWeb ? `http://${config.host}:${listening.port}` : publicUrl,
    capacity: { encoderSlots: node.encoderSlots, viewers: config.viewerCapacity },
    socketDirectory,
    codecs: [...node.codecs],
    load: {
      publishers: directory?.publisherCount ?? 0,
      viewers: streams.reduce((sum, stream) => sum + stream.foreignViewers, 0),
      encoderPercent: directory?.encoderPercent ?? 0,
    },
    ...(disk && { disk: disk.observed }),
    draining: node.isDraining,
    streams,
    takes: (await directory?.observeTakes()) ?? [],
    ...(journals && { journals: [...journals] }),
  };
}

/** What a scrape shows, but for what the origin and the link to the web know. */
export function nodeFigures(node: ReportedNode): Omit<NodeFigures, 'blockedRequests' | 'isWebReachable'> {
  const { directory, encoderSlots, isDraining } = node;
  return {
    streams: directory?.observe(systemClock.nowMs()) ?? [],
    publishers: directory?.publisherCount ?? 0,
    encoderSlots,
    encoderPercent: directory?.encoderPercent ?? 0,
    windowBytes: directory?.windowBytes ?? 0,
    isDraining,
  };
}
