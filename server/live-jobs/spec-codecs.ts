import type { LiveJobSpec } from '../../db/schema/live-job-spec';
import { type Codec, usualCodecs } from '../../stream-node/contract/codecs';

/** What a stream is made to beyond what every node has an encoder for; nothing of a stream without a spec. */
export function unusualCodecs(spec: LiveJobSpec | null | undefined): Codec[] {
  const outputs = spec ? [...spec.Output.Video_outputs, ...spec.Output.Audio_outputs] : [];
  const codecs = new Set<Codec>(outputs.map(({ Codec }) => Codec));
  return [...codecs].filter((codec) => !usualCodecs.includes(codec)).sort();
}
