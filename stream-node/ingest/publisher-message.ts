import { controlBytesMax, PublisherMessage } from '../contract/ingest-protocol';

/** The message in a text frame, or which field of it breaks which rule. */
export function parsePublisherMessage(data: Buffer): PublisherMessage | string {
  if (data.byteLength > controlBytesMax) {
    return `a message must be at most ${controlBytesMax} bytes`;
  }
  let json: unknown;
  try {
    json = JSON.parse(data.toString('utf8'));
  } catch {
    return 'a text frame must be JSON';
  }
  const parsed = PublisherMessage.safeParse(json);
  if (parsed.success) {
    return parsed.data;
  }
  const [issue] = parsed.error.issues;
  return `${issue?.path.join('.') || 'message'}: ${issue?.message ?? 'is not of this protocol'}`;
}
