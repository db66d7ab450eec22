/** `3.1 MB`; never nothing for something. */
export function megabyteWords(bytes: number): string {
  return bytes > 0 && bytes < 50_000 ? 'less than 0.1 MB' : `${(bytes / 1e6).toFixed(1)} MB`;
}
