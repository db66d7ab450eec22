/** A browser's recorder names no frame rate: the element that does becomes one to skip (RFC 9559: DefaultDuration, Void). */
export function withoutFrameRate(matroska: Buffer): Buffer {
  const at = matroska.indexOf(Buffer.from('23e38384', 'hex'));
  if (at >= 0) {
    matroska.set([0xec, 0x86], at);
  }
  return matroska;
}
