import type { Queryable } from '../../db/client';
import type { LiveJobSpec } from '../../db/schema/live-job-spec';
import { AppError } from '../errors';
import { hasNodeFor } from '../nodes/choose-node';
import { unusualCodecs } from './spec-codecs';

/** Why no worker can take a job: one of its codecs has no encoder at any worker that is there, or all of them are busy. */
export async function noWorker(db: Queryable, spec: LiveJobSpec | null): Promise<AppError> {
  const codecs = unusualCodecs(spec);
  if (codecs.length > 0 && (await hasNodeFor(db, [])) && !(await hasNodeFor(db, codecs))) {
    const field = 'Output';
    return new AppError('bad_request', `codec_not_supported: no worker has encoders for ${codecs.join(', ')}`, {
      field,
    });
  }
  return new AppError('no_node_available', 'Every worker is busy or away; try again in a minute');
}
