import { BoxReader } from './box-reader';
import { MalformedBox } from './malformed-box';

export type BoxHeader = { fourcc: string; headerBytes: 8 | 16; totalBytes: number };

/** A header is at most a 32-bit size, the four-character code and a 64-bit size. */
export const boxHeaderBytesMax = 16;

/**
 * The header at the start of `bytes` (ISO/IEC 14496-12, 4.2), or `null` if more bytes are needed.
 *
 * @throws MalformedBox for a size below the header's own, and for size 0 ("to the end of the file"), which a stream of
 * fragments cannot have
 */
export function readBoxHeader(bytes: Uint8Array): BoxHeader | null {
  if (bytes.byteLength < 8) {
    return null;
  }
  const reader = new BoxReader('file', bytes);
  const size = reader.u32();
  const fourcc = reader.text(4);
  if (size !== 1) {
    return checked({ fourcc, headerBytes: 8, totalBytes: size });
  }
  return bytes.byteLength < 16 ? null : checked({ fourcc, headerBytes: 16, totalBytes: reader.u64() });
}

function checked(header: BoxHeader): BoxHeader {
  if (header.totalBytes < header.headerBytes) {
    throw new MalformedBox(header.fourcc, `size ${header.totalBytes} is below its header`);
  }
  return header;
}

/** The boxes inside a container's payload, each as a reader of its own payload, in file order. */
export function readChildren(container: BoxReader): BoxReader[] {
  const children: BoxReader[] = [];
  const payload = container.rest();
  let at = 0;
  while (at < payload.byteLength) {
    const header = readBoxHeader(payload.subarray(at));
    if (header === null || header.totalBytes > payload.byteLength - at) {
      throw new MalformedBox(container.fourcc, 'a box inside reaches past its end');
    }
    children.push(new BoxReader(header.fourcc, payload.subarray(at + header.headerBytes, at + header.totalBytes)));
    at += header.totalBytes;
  }
  return children;
}

/**
 * The one child of that name.
 *
 * @throws MalformedBox if it is missing or there is more than one
 */
export function onlyChild(parent: string, children: readonly BoxReader[], fourcc: string): BoxReader {
  const found = children.filter((child) => child.fourcc === fourcc);
  const [only] = found;
  if (only === undefined || found.length > 1) {
    throw new MalformedBox(parent, `one ${fourcc} expected, ${found.length} found`);
  }
  return only;
}
