import type { ContainerPosition } from './container-position';
import { type EbmlElement, readElement, readUnsigned } from './ebml-element';
import type { EntryPoint } from './entry-points';

// A tolerant walk over Matroska (RFC 9559) that reads little but times: it descends into segments, tracks, clusters and block
// groups, notes which tracks are pictures, the cluster's timestamp and each block's own, and steps over the rest.

const idSegment = 0x18538067;
const idInfo = 0x1549a966;
const idTracks = 0x1654ae6b;
const idTrackEntry = 0xae;
const idTrackNumber = 0xd7;
const idTrackType = 0x83;
const idCluster = 0x1f43b675;
const idBlockGroup = 0xa0;
const idTimestampScale = 0x2ad7b1;
const idTimestamp = 0xe7;
const idSimpleBlock = 0xa3;
const idBlock = 0xa1;

const descended = new Set([idSegment, idInfo, idTracks, idTrackEntry, idCluster, idBlockGroup]);
/** elements whose value is read */
const unsigned = new Set([idTimestampScale, idTimestamp, idTrackNumber, idTrackType]);
/** RFC 9559, 5.1.4.1.3 */
const videoTrackType = 1;
/** a track number is a variable-size integer (RFC 8794, 4.3) */
const trackBytesMax = 8;
/** what a block begins with: track number, time, flags (RFC 9559, 10.1) */
const blockHeadBytesMax = trackBytesMax + 3;
/** of a SimpleBlock's flags (RFC 9559, 10.2) */
const keyframeFlag = 0x80;
const defaultScaleNanoseconds = 1_000_000;

export type BlockTimes = {
  /** container time of the first block that begins in these bytes, in milliseconds */
  firstMs: number | null;
  /** the latest container time so far, in milliseconds */
  newestMs: number | null;
  /** places that turned out in these bytes to be fit to begin decoding at: the first keyframe of each cluster */
  entryPoints: EntryPoint[];
};

/** The container time of a Matroska stream that comes in pieces of any size. */
export class MatroskaClock {
  private held: Buffer = Buffer.alloc(0);
  private skipBytes = 0;
  private scaleNanoseconds = defaultScaleNanoseconds;
  private clusterTicks = 0;
  /** of the cluster that has shown no keyframe yet, in media bytes */
  private clusterOffset: number | null = null;
  private consumedBytes = 0;
  private beforeClusters: number | null = null;
  private trackEntry: { number?: number; type?: number } = {};
  private readonly videoTracks = new Set<number>();
  private newestMs: number | null = null;
  private lost = false;

  /** How many bytes come before the first cluster: what every decoder needs. `null` before one began. */
  get headBytes(): number | null {
    return this.beforeClusters;
  }

  /** Where the walk is now. */
  position(): ContainerPosition {
    const { consumedBytes, held, skipBytes, clusterTicks, clusterOffset, newestMs, lost: isLost } = this;
    return {
      ...{ bytes: consumedBytes + held.byteLength, newestMs },
      matroska: { held: held.toString('base64'), skipBytes, clusterTicks, clusterOffset, isLost },
    };
  }

  /** Goes on elsewhere in the same media; the head must have been read. */
  resumeAt({ bytes, newestMs, matroska }: ContainerPosition): void {
    this.held = Buffer.from(matroska?.held ?? '', 'base64');
    this.consumedBytes = bytes - this.held.byteLength;
    this.skipBytes = matroska?.skipBytes ?? 0;
    this.clusterTicks = matroska?.clusterTicks ?? 0;
    this.clusterOffset = matroska?.clusterOffset ?? null;
    this.lost = matroska?.isLost ?? true;
    this.newestMs = newestMs;
  }

  /** Reads on. Bytes that are no Matroska end the walk for good: times then stay what they were. */
  feed(bytes: Uint8Array): BlockTimes {
    const times: BlockTimes = { firstMs: null, newestMs: this.newestMs, entryPoints: [] };
    if (this.lost) {
      return times;
    }
    let rest = this.held.byteLength > 0 ? Buffer.concat([this.held, bytes]) : asBuffer(bytes);
    for (;;) {
      const skipped = Math.min(this.skipBytes, rest.byteLength);
      rest = rest.subarray(skipped);
      this.skipBytes -= skipped;
      this.consumedBytes += skipped;
      const element = this.skipBytes === 0 ? readElement(rest) : 'short';
      if (element === 'bad') {
        this.lost = true;
        break;
      }
      if (element === 'short') {
        break;
      }
      const consumed = this.enter(element, rest, times);
      if (consumed === 0) {
        break;
      }
      rest = rest.subarray(consumed);
      this.consumedBytes += consumed;
    }
    // What is held back is a fraction of one element's head, never more.
    this.held = this.lost ? Buffer.alloc(0) : Buffer.from(rest);
    times.newestMs = this.newestMs;
    return times;
  }

  /** Takes in one element's head; the count of bytes used, or 0 when more are needed first. */
  private enter(element: EbmlElement, rest: Buffer, times: BlockTimes): number {
    const { id, headBytes, payloadBytes } = element;
    if (descended.has(id)) {
      this.descend(id);
      return headBytes;
    }
    if (payloadBytes === null) {
      this.lost = true;
      return 0;
    }
    if (unsigned.has(id)) {
      if (payloadBytes > 8) {
        this.lost = true;
        return 0;
      }
      if (rest.byteLength < headBytes + payloadBytes) {
        return 0;
      }
      this.noteValue(id, readUnsigned(rest.subarray(headBytes, headBytes + payloadBytes)));
      return headBytes + payloadBytes;
    }
    if (id === idSimpleBlock || id === idBlock) {
      if (rest.byteLength < headBytes + Math.min(payloadBytes, blockHeadBytesMax)) {
        return 0;
      }
      this.noteBlock(rest.subarray(headBytes, headBytes + payloadBytes), id === idSimpleBlock, times);
    }
    this.skipBytes = payloadBytes;
    return headBytes;
  }

  private descend(id: number): void {
    if (id === idCluster) {
      this.clusterOffset = this.consumedBytes;
      this.beforeClusters ??= this.consumedBytes;
    } else if (id === idTrackEntry) {
      this.trackEntry = {};
    }
  }

  private noteValue(id: number, value: number): void {
    if (id === idTimestamp) {
      this.clusterTicks = value;
    } else if (id === idTimestampScale && value > 0) {
      this.scaleNanoseconds = value;
    } else if (id === idTrackNumber) {
      this.trackEntry.number = value;
    } else if (id === idTrackType) {
      this.trackEntry.type = value;
    }
    const { number, type } = this.trackEntry;
    if (number !== undefined && type === videoTrackType) {
      this.videoTracks.add(number);
    }
  }

  private noteBlock(block: Buffer, isSimple: boolean, times: BlockTimes): void {
    const trackBytes = Math.clz32((block[0] ?? 0) << 24) + 1;
    // A first byte of zero announces a number longer than any.
    if (trackBytes > trackBytesMax || block.byteLength < trackBytes + 2) {
      return;
    }
    const ticks = this.clusterTicks + block.readInt16BE(trackBytes);
    const timeMs = (ticks * this.scaleNanoseconds) / 1_000_000;
    times.firstMs ??= timeMs;
    this.newestMs = Math.max(this.newestMs ?? timeMs, timeMs);
    const track = readUnsigned(block.subarray(0, trackBytes)) - 2 ** (7 * trackBytes);
    const isKeyframe = isSimple && ((block[trackBytes + 2] ?? 0) & keyframeFlag) !== 0;
    const canBegin = this.videoTracks.size === 0 || (isKeyframe && this.videoTracks.has(track));
    if (canBegin && this.clusterOffset !== null) {
      times.entryPoints.push({ timeMs, byteOffset: this.clusterOffset });
      this.clusterOffset = null;
    }
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
