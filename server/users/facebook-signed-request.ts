import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../errors';

const shape = /^([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{1,4096})$/;

const Payload = z.object({
  algorithm: z.string(),
  /** as this app knows the person */
  user_id: z.string().regex(/^\d{1,32}$/),
  issued_at: z.int().optional(),
});
export type FacebookSignedRequest = z.output<typeof Payload>;

const refusal = (rule: string) => new AppError('bad_request', `signed_request: ${rule}`, { field: 'signed_request' });

/**
 * Checks that Facebook made a signed request and nobody changed it: `<signature>.<payload>`, both base64url, the signature
 * HMAC-SHA256 of the payload as it stands there, with the app secret.
 * https://developers.facebook.com/docs/development/create-an-app/app-dashboard/data-deletion-callback
 *
 * @throws AppError `bad_request`
 */
export function readSignedRequest(signedRequest: string, appSecret: string): FacebookSignedRequest {
  const [, signature, payload] = shape.exec(signedRequest) ?? [];
  if (signature === undefined || payload === undefined) {
    throw refusal('must be a signature and a payload in base64url, joined by a dot');
  }
  const given = Buffer.from(signature, 'base64url');
  const wanted = createHmac('sha256', appSecret).update(payload).digest();
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
    throw refusal('was not signed by Facebook for this app');
  }
  const parsed = Payload.safeParse(jsonOf(payload));
  if (!parsed.success) {
    throw refusal('the payload must be JSON with algorithm and user_id');
  }
  if (parsed.data.algorithm.toUpperCase() !== 'HMAC-SHA256') {
    throw refusal('algorithm: must be HMAC-SHA256');
  }
  return parsed.data;
}

function jsonOf(base64url: string): unknown {
  try {
    return JSON.parse(Buffer.from(base64url, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}
