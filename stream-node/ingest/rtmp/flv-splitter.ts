import { flvTagOverheadBytes } from './flv-tag';

/** Of an FLV file and the size of the tag before the first (Adobe FLV 10.1, E.2, E.3). */
const fileHeaderBytes = 13;
/** What must be there of a tag to know its length (E.4.1). */
const lengthEndBytes = 4;

/**
 * Cuts an FLV file that comes in slices of any size into its header and its tags, each with the size behind it. A tag is at most
 * 16 MiB, by its own length field.
 */
export class FlvSplitter {
  #held: Buffer = Buffer.alloc(0);
  #isBehindHeader = false;

  /** What this slice completes, in order: together, all bytes from the first one on. */
  push(slice: Uint8Array): Buffer[] {
    this.#held = Buffer.concat([this.#held, slice]);
    const pieces: Buffer[] = [];
    let at = 0;
    for (let end = this.#end(at); end <= this.#held.byteLength; end = this.#end(at)) {
      pieces.push(this.#held.subarray(at, end));
      this.#isBehindHeader = true;
      at = end;
    }
    this.#held = this.#held.subarray(at);
    return pieces;
  }

  /** Where what begins at `at` ends; past the held bytes while that is not known. */
  #end(at: number): number {
    if (!this.#isBehindHeader) {
      return at + fileHeaderBytes;
    }
    const isKnown = at + lengthEndBytes <= this.#held.byteLength;
    return isKnown ? at + this.#held.readUIntBE(at + 1, 3) + flvTagOverheadBytes : Number.POSITIVE_INFINITY;
  }
}
