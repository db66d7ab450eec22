/** `1.2 GB`, `34.5 MB`; never nothing for something. */
export function sizeWords(bytes: number): string {
  if (bytes >= 1e9) {
    return `${(bytes / 1e9).toFixed(1)} GB`;
  }
  return bytes > 0 && bytes < 50_000 ? 'less than 0.1 MB' : `${(bytes / 1e6).toFixed(1)} MB`;
}
