/** ICE candidates that a sender found after its offer. */
export type TrickleFragment = {
  /** of the ICE session they belong to; null where the fragment names none */
  readonly userFragment: string | null;
  readonly candidates: readonly { readonly candidate: string; readonly mid: string }[];
};

const candidatesMax = 100;
const candidateShape =
  /^candidate:[\x21-\x7e]{1,32} [12] (?:udp|tcp) \d{1,10} [0-9A-Za-z:.%-]{1,255} \d{1,5} typ [\x20-\x7e]{1,300}$/i;

/** Reads an `application/trickle-ice-sdpfrag` (RFC 8840, 9; RFC 9725, 4.3.2); null for anything that is none. */
export function readTrickleFragment(text: string): TrickleFragment | null {
  let userFragment: string | null = null;
  let mid = '';
  const candidates: { candidate: string; mid: string }[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('a=ice-ufrag:')) {
      userFragment ??= line.slice('a=ice-ufrag:'.length);
    } else if (line.startsWith('a=mid:')) {
      mid = line.slice('a=mid:'.length);
    } else if (line.startsWith('a=candidate:')) {
      const candidate = line.slice('a='.length);
      if (!candidateShape.test(candidate) || candidates.length >= candidatesMax) {
        return null;
      }
      candidates.push({ candidate, mid });
    } else if (line !== '' && !/^[am]=/.test(line)) {
      return null;
    }
  }
  return userFragment === null && candidates.length === 0 ? null : { userFragment, candidates };
}
