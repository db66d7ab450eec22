import type { LiveJobSpec } from '../../db/schema/live-job-spec';
import type { Codec } from '../../stream-node/contract/codecs';
import { expectedDemand } from '../../stream-node/contract/encoder-demand';
import { customOutput } from '../live-jobs/custom-output';
import { unusualCodecs } from '../live-jobs/spec-codecs';

/** What a stream asks of its node: codecs beside the usual ones, and encoding, in hundredths of an encoder slot. */
export function needOf(stream: { kind: 'audio' | 'video'; spec?: LiveJobSpec | null | undefined }): {
  codecs: Codec[];
  demandPercent: number;
} {
  const { kind, spec } = stream;
  const custom = spec ? customOutput(spec) : undefined;
  return { codecs: unusualCodecs(spec), demandPercent: expectedDemand({ kind, custom }) };
}
