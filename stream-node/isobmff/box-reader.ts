import { MalformedBox } from './malformed-box';

/** Reads the payload of one box front to back; every read is checked against the end of the box. */
export class BoxReader {
  #at = 0;
  readonly #view: DataView;

  constructor(
    readonly fourcc: string,
    readonly payload: Uint8Array,
  ) {
    this.#view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  }

  get remaining(): number {
    return this.payload.byteLength - this.#at;
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2));
  }

  u24(): number {
    return this.u8() * 0x10000 + this.u16();
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4));
  }

  i32(): number {
    return this.#view.getInt32(this.#take(4));
  }

  /** A 64-bit count as a number; beyond 2^53 it cannot be meant. */
  u64(): number {
    const value = this.#view.getBigUint64(this.#take(8));
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw new MalformedBox(this.fourcc, `64-bit value ${value} is out of range`);
    }
    return Number(value);
  }

  /** A 32-bit or 64-bit field, as the version of the box says. */
  uintOfVersion(version: number): number {
    return version === 0 ? this.u32() : this.u64();
  }

  /** The next `byteCount` bytes as a view, not a copy. */
  bytes(byteCount: number): Uint8Array {
    const start = this.#take(byteCount);
    return this.payload.subarray(start, start + byteCount);
  }

  rest(): Uint8Array {
    return this.bytes(this.remaining);
  }

  skip(byteCount: number): void {
    this.#take(byteCount);
  }

  text(byteCount: number): string {
    return String.fromCharCode(...this.bytes(byteCount));
  }

  /** The version and flags that a full box begins with (ISO/IEC 14496-12, 4.2). */
  fullBoxHeader(): { version: number; flags: number } {
    return { version: this.u8(), flags: this.u24() };
  }

  #take(byteCount: number): number {
    if (byteCount < 0 || byteCount > this.remaining) {
      throw new MalformedBox(this.fourcc, `ends early: ${byteCount} bytes wanted, ${this.remaining} left`);
    }
    const start = this.#at;
    this.#at += byteCount;
    return start;
  }
}
