import { type BoxHeader, boxHeaderBytesMax, readBoxHeader } from './box';
import { BoxReader } from './box-reader';
import { MalformedBox } from './malformed-box';
import { readMoof } from './moof';
import { type Moov, readMoov, type TrackInfo } from './moov';

export type InitFragment = {
  readonly kind: 'init';
  /** `ftyp` and `moov` */
  readonly bytes: Buffer;
  readonly track: TrackInfo;
};

export type MediaFragment = {
  readonly kind: 'fragment';
  /** one `moof` and its `mdat` */
  readonly bytes: Buffer;
  /** decode time of the first sample, in ticks of the track's timescale */
  readonly decodeTimeTicks: number;
  readonly durationTicks: number;
  readonly startsWithKeyframe: boolean;
  readonly sampleCount: number;
};

/** The largest box that is read, `mdat` included: seconds of video at any bitrate a browser sends. */
export const boxBytesMax = 64 * 1024 * 1024;

/** Boxes that say nothing a player of one fragment needs. */
const skipped = new Set(['free', 'skip', 'styp', 'sidx', 'prft', 'emsg', 'mfra']);

/**
 * Reads ffmpeg's fragmented MP4 of one track, in slices of any size, into its init section and its fragments. What is
 * handed out is a copy: the caller may reuse its slice. After a `MalformedBox` the reader must not be used again.
 */
export class FragmentReader {
  /** slices not yet read, kept apart until what is wanted is there, so that tiny slices cost no copying */
  #slices: Uint8Array[] = [];
  #heldBytes = 0;
  /** no box can be read before this many bytes are held */
  #wantedBytes = 8;
  #ftyp: Buffer | undefined;
  #moov: Moov | undefined;

  /**
   * @returns what became complete with this slice, in order
   * @throws MalformedBox
   */
  push(slice: Uint8Array): (InitFragment | MediaFragment)[] {
    // A copy: a slice may wait here for the rest of its box while the caller fills its buffer anew.
    this.#slices.push(Buffer.from(slice));
    this.#heldBytes += slice.byteLength;
    if (this.#heldBytes < this.#wantedBytes) {
      return [];
    }
    const found: (InitFragment | MediaFragment)[] = [];
    const held = Buffer.concat(this.#slices);
    let at = 0;
    for (let step = this.#step(held); step !== null; step = this.#step(held.subarray(at))) {
      at += step.consumedBytes;
      if (step.found !== undefined) {
        found.push(step.found);
      }
    }
    this.#slices = [held.subarray(at)];
    this.#heldBytes = held.byteLength - at;
    return found;
  }

  /** @throws MalformedBox if the input stopped inside a box */
  end(): void {
    if (this.#heldBytes > 0) {
      throw new MalformedBox('file', `truncated: ${this.#heldBytes} bytes of an unfinished box`);
    }
  }

  /** Reads one unit, or says in `#wantedBytes` what it lacks. */
  #step(held: Buffer): { consumedBytes: number; found?: InitFragment | MediaFragment } | null {
    const header = this.#wholeBox(held, 0);
    if (header === null) {
      return null;
    }
    const bytes = held.subarray(0, header.totalBytes);
    switch (header.fourcc) {
      case 'ftyp':
        this.#ftyp = Buffer.from(bytes);
        return { consumedBytes: header.totalBytes };
      case 'moov':
        return { consumedBytes: header.totalBytes, found: this.#init(header, bytes) };
      case 'moof':
        return this.#fragment(header, held);
      default:
        if (skipped.has(header.fourcc)) {
          return { consumedBytes: header.totalBytes };
        }
        throw new MalformedBox(header.fourcc, 'unexpected at the top level');
    }
  }

  #init(header: BoxHeader, bytes: Buffer): InitFragment {
    if (this.#ftyp === undefined || this.#moov !== undefined) {
      throw new MalformedBox('moov', this.#ftyp === undefined ? 'before ftyp' : 'a second one');
    }
    this.#moov = readMoov(new BoxReader('moov', bytes.subarray(header.headerBytes)));
    return { kind: 'init', bytes: Buffer.concat([this.#ftyp, bytes]), track: this.#moov.track };
  }

  /** A `moof` is read together with the `mdat` that must follow it: its data offsets count across both. */
  #fragment(header: BoxHeader, held: Buffer): { consumedBytes: number; found: MediaFragment } | null {
    if (this.#moov === undefined) {
      throw new MalformedBox('moof', 'before moov');
    }
    const media = this.#wholeBox(held, header.totalBytes);
    if (media === null) {
      return null;
    }
    if (media.fourcc !== 'mdat') {
      throw new MalformedBox(media.fourcc, 'found between a moof and its mdat');
    }
    const payload = held.subarray(header.headerBytes, header.totalBytes);
    const { mediaBytes, ...timing } = readMoof(new BoxReader('moof', payload), this.#moov.trex);
    if (mediaBytes > media.totalBytes - media.headerBytes) {
      throw new MalformedBox('trun', `samples claim ${mediaBytes} bytes, the mdat holds fewer`);
    }
    const consumedBytes = header.totalBytes + media.totalBytes;
    return {
      consumedBytes,
      found: { kind: 'fragment', bytes: Buffer.from(held.subarray(0, consumedBytes)), ...timing },
    };
  }

  /** The header of the box at `at` once all of the box is held; a size out of bounds is refused before it is waited for. */
  #wholeBox(held: Buffer, at: number): BoxHeader | null {
    const header = readBoxHeader(held.subarray(at, at + boxHeaderBytesMax));
    if (header === null) {
      this.#wantedBytes = at + (held.byteLength - at < 8 ? 8 : boxHeaderBytesMax);
      return null;
    }
    if (header.totalBytes > boxBytesMax) {
      throw new MalformedBox(header.fourcc, `${header.totalBytes} bytes, ${boxBytesMax} allowed`);
    }
    this.#wantedBytes = at + header.totalBytes;
    return held.byteLength < this.#wantedBytes ? null : header;
  }
}
