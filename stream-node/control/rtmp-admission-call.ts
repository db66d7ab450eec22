import { requestIdHeader } from '../contract/request-id';
import { RtmpAdmissionAnswer, type RtmpAdmissionRequest, rtmpAdmissionPath } from '../contract/rtmp-admission';

/** An encoder waits for this, and would rather try again than wait long. */
const answerTimeoutMs = 5000;

/**
 * Asks the web whose stream key it is.
 *
 * @param requestId of the encoder's connection: the web's log knows the question by it
 * @throws Error when the web cannot be reached or answers something else
 */
export async function askRtmpAdmission(
  web: { webUrl: string; nodeSecret: string },
  request: RtmpAdmissionRequest,
  requestId: string,
): Promise<RtmpAdmissionAnswer> {
  const response = await fetch(`${web.webUrl}${rtmpAdmissionPath}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${web.nodeSecret}`,
      [requestIdHeader]: requestId,
    },
    body: JSON.stringify(request),
    redirect: 'error',
    signal: AbortSignal.timeout(answerTimeoutMs),
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`the web answered ${response.status}`);
  }
  return RtmpAdmissionAnswer.parse(await response.json());
}
