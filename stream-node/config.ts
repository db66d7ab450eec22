import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import { BadTlsPair, readTlsPair, type TlsFiles, tlsFilesOf } from './contract/tls-pair';

/** The settings of a stream node, read from the environment once, before anything listens (README, "Settings"). */
const Settings = z.object({
  HOST: z.string().min(1).default('127.0.0.1'),
  STREAM_NODE_PORT: z.coerce.number().int().min(0).max(65_535).default(8001),
  STREAM_NODE_PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  STREAM_NODE_NAME: z.string().min(1).max(120).optional(),
  TLS_CERT: z.string().optional(),
  TLS_KEY: z.string().optional(),
  RTMP_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  WHIP_UDP_PORTS: z
    .string()
    .regex(/^\d{1,5}(-\d{1,5})?$/, 'must be a port or a range of ports, such as 50000-50100')
    .optional(),
  WHIP_PUBLIC_ADDRESS: z.union([z.ipv4(), z.ipv6()], 'must be an IP address').optional(),
  ZYZZ_WEB_URL: z.url({ protocol: /^https?$/ }),
  ZYZZ_NODE_SECRET: z.string().min(16, 'must be at least 16 characters'),
  ZYZZ_DATA_DIR: z.string().min(1).default('.data/node-1'),
  STREAM_NODE_ENCODER_SLOTS: z.coerce.number().int().min(0).max(1000).optional(),
  STREAM_NODE_VIEWER_CAPACITY: z.coerce.number().int().min(0).max(1_000_000).default(2000),
  STREAM_NODE_WINDOW_BYTES_MAX: z.coerce
    .number()
    .int()
    .min(1_000_000)
    .default(256 * 1024 * 1024),
  /** free space, in megabytes, below which the operator is warned, and below which nothing new is recorded */
  STREAM_NODE_DISK_WARN_MB: z.coerce.number().min(0).max(1e9).default(4096),
  STREAM_NODE_DISK_REFUSE_MB: z.coerce.number().min(0).max(1e9).default(512),
  STREAM_NODE_ENCODER_STALL_SECONDS: z.coerce.number().min(1).max(600).default(8),
  ZYZZ_DRAIN_SECONDS: z.coerce.number().min(0).max(86_400).optional(),
  STREAM_NODE_JOURNAL_FILE_SECONDS: z.coerce.number().min(1).max(3600).default(120),
  STREAM_NODE_PIECE_WAIT_SECONDS: z.coerce.number().min(0.1).max(600).default(10),
  FFMPEG_PATH: z.string().min(1).default('ffmpeg'),
  FFPROBE_PATH: z.string().min(1).default('ffprobe'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
});

const megabyte = 1024 * 1024;

export type NodeConfig = {
  host: string;
  port: number;
  /** where publishers and viewers reach the node; unset until the port is known when the port is 0 */
  publicUrl: string | undefined;
  /** the node speaks HTTPS with HTTP/2; null: plain HTTP */
  tls: TlsFiles | null;
  /** where encoders are listened for; unset: nowhere, 0: on any free port */
  rtmpPort: number | undefined;
  /** UDP ports for the media of WHIP senders, both included; null: any free ones */
  whipPorts: { first: number; last: number } | null;
  /** the address that WHIP senders are told to send to; null: the node's own ones */
  whipPublicAddress: string | null;
  name: string;
  hostName: string;
  webUrl: string;
  nodeSecret: string;
  dataDir: string;
  /** how many streams are encoded at once; unset: as many as the machine is measured to be good for */
  encoderSlots: number | undefined;
  viewerCapacity: number;
  /** the most memory the live windows of one stream may take, in bytes */
  windowBytesMax: number;
  /** free bytes of the data directory's disk */
  diskLimits: { warnBytes: number; refuseBytes: number };
  /** how long ffmpeg may put out nothing while media arrives before another takes its place, in milliseconds */
  encoderStallMs: number;
  /** how much media one file of a journal holds, in milliseconds: journals are deleted a file at a time */
  journalFileMs: number;
  /** how long live streams may finish on a node that drains; unset: 600 when an operator asks, 0 when the process must stop */
  drainSeconds: number | undefined;
  /** how long a missing piece of a broadcaster that uploads files holds up the ones after it, in milliseconds */
  pieceWaitMs: number;
  ffmpegPath: string;
  ffprobePath: string;
  logLevel: string;
};

/** Thrown with every fault of the environment in one message. */
export class BadConfig extends Error {
  override name = 'BadConfig';
}

/** Reads and checks the settings. Throws `BadConfig` that names each bad setting and its rule. */
export function readConfig(environment: Record<string, string | undefined> = process.env): NodeConfig {
  const filled = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = Settings.safeParse(filled);
  const faults = parsed.success
    ? [...tlsFaults(parsed.data), ...portFaults(parsed.data)]
    : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  if (!parsed.success || faults.length > 0) {
    throw new BadConfig(`The stream node's settings have faults. ${faults.join('; ')}`);
  }
  const settings = parsed.data;
  return {
    host: settings.HOST,
    port: settings.STREAM_NODE_PORT,
    publicUrl: settings.STREAM_NODE_PUBLIC_URL?.replace(/\/$/, ''),
    tls: tlsFilesOf(settings),
    rtmpPort: settings.RTMP_PORT,
    whipPorts: portRange(settings.WHIP_UDP_PORTS),
    whipPublicAddress: settings.WHIP_PUBLIC_ADDRESS ?? null,
    name: settings.STREAM_NODE_NAME ?? `${hostname()}:${settings.STREAM_NODE_PORT}`,
    hostName: hostname(),
    webUrl: settings.ZYZZ_WEB_URL.replace(/\/$/, ''),
    nodeSecret: settings.ZYZZ_NODE_SECRET,
    dataDir: resolve(settings.ZYZZ_DATA_DIR),
    encoderSlots: settings.STREAM_NODE_ENCODER_SLOTS,
    viewerCapacity: settings.STREAM_NODE_VIEWER_CAPACITY,
    windowBytesMax: settings.STREAM_NODE_WINDOW_BYTES_MAX,
    diskLimits: {
      warnBytes: Math.max(settings.STREAM_NODE_DISK_WARN_MB, settings.STREAM_NODE_DISK_REFUSE_MB) * megabyte,
      refuseBytes: settings.STREAM_NODE_DISK_REFUSE_MB * megabyte,
    },
    encoderStallMs: settings.STREAM_NODE_ENCODER_STALL_SECONDS * 1000,
    journalFileMs: settings.STREAM_NODE_JOURNAL_FILE_SECONDS * 1000,
    drainSeconds: settings.ZYZZ_DRAIN_SECONDS,
    pieceWaitMs: settings.STREAM_NODE_PIECE_WAIT_SECONDS * 1000,
    ffmpegPath: settings.FFMPEG_PATH,
    ffprobePath: settings.FFPROBE_PATH,
    logLevel: settings.LOG_LEVEL,
  };
}

function tlsFaults(settings: z.infer<typeof Settings>): string[] {
  try {
    const files = tlsFilesOf(settings);
    if (files === null) {
      return [];
    }
    readTlsPair(files);
    return settings.STREAM_NODE_PUBLIC_URL?.startsWith('http:')
      ? ['STREAM_NODE_PUBLIC_URL: must be https, because TLS_CERT and TLS_KEY are set']
      : [];
  } catch (error) {
    if (error instanceof BadTlsPair) {
      return [error.message];
    }
    throw error;
  }
}

function portRange(text: string | undefined): NodeConfig['whipPorts'] {
  const [first, last = first] = (text ?? '').split('-').map(Number);
  return text === undefined || first === undefined || last === undefined ? null : { first, last };
}

function portFaults({ WHIP_UDP_PORTS }: z.infer<typeof Settings>): string[] {
  const range = portRange(WHIP_UDP_PORTS);
  const isSound = range === null || (range.first >= 1 && range.first <= range.last && range.last <= 65_535);
  return isSound ? [] : ['WHIP_UDP_PORTS: must lie between 1 and 65535, the first port not above the last'];
}
