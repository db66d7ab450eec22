import type { z } from 'zod';
import { AppError } from '../../errors';
import type { Surface } from '../api/surface';

/** A message that brings its own code: `too_many_video_outputs: at most 10`. */
const coded = /^([a-z0-9]+(?:_[a-z0-9]+)+): (.*)$/s;

/** Live jobs: no envelope, and errors as `{"Error": "bad_stream_type: Output.Stream_type must be hls or dash"}`. */
export const jobSurface: Surface = {
  answerBody: (data) => data,
  errorBody: ({ code, message }) => ({ Error: coded.test(message) ? message : `${code}: ${message}` }),
  badBody,
};

/** The first rule that a spec breaks: its own code, or else one made of the field's name, then the field and the rule. */
function badBody(error: z.core.$ZodError): AppError {
  const [issue] = error.issues;
  const path = issue?.path ?? [];
  const field = path.join('.');
  const name = path.findLast((step) => typeof step === 'string') ?? 'spec';
  const [, code = `bad_${String(name).toLowerCase()}`, rule = issue?.message ?? 'is not valid'] =
    coded.exec(issue?.message ?? '') ?? [];
  const message = field === '' ? `${code}: ${rule}` : `${code}: ${field} ${rule}`;
  return new AppError('bad_request', message, { field, cause: error });
}
