import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { megabyteWords } from '../../../_publisher/megabyte-words';
import type { PublisherStatus } from '../../../_publisher/publisher-status';
import { Panel } from '../../../_ui/panel';

/**
 * Whether every word is safe, and the plain figures behind it. What is not known is left out.
 *
 * @param heardAfterMs the median delay that fans' players measured; null while nobody listens, and then the node's own
 *   figure, up to the published part, stands in
 */
export function HealthPanel({ status, heardAfterMs }: { status: PublisherStatus; heardAfterMs: number | null }) {
  const { health, queue, roundTripMs, missedBytesLeft, missedWaits, loss, isKept } = status;
  const recordingReason = health?.recording?.reason ?? null;
  const isSafe = status.state === 'on-air' && queue.seconds < 3 && missedBytesLeft === 0;
  return (
    <Panel aria-label="Health">
      <div className="flex items-center gap-2.5">
        <span
          className={`flex size-7 items-center justify-center rounded-full ${isSafe ? 'bg-good text-bg' : 'bg-lamp text-on-lamp'}`}
        >
          {isSafe ? <IconCheck size={18} aria-hidden /> : <IconAlertTriangle size={18} aria-hidden />}
        </span>
        <h2 className="pt-0.5 text-section">{isSafe ? 'All safe' : 'Kept here for now'}</h2>
      </div>
      <p className="my-3 text-small text-text-2">
        {isSafe
          ? 'Every word so far is stored. If your line drops, fans hear you again from where it broke.'
          : waitingWords(status)}
      </p>
      {!isKept && (
        <p className="mb-3 text-small text-text-2">
          This browser keeps nothing for this page: what is not sent yet is lost if the page is closed.
        </p>
      )}
      {recordingReason !== null && (
        <p role="alert" className="mb-3 text-small font-semibold text-live">
          {recordingReason}
        </p>
      )}
      {loss !== null && (
        <p role="alert" className="mb-3 text-small font-semibold text-live">
          {megabyteWords(loss.bytes)} could not be kept. {loss.reason}
        </p>
      )}
      <p role="status" className="sr-only">
        {missedBytesLeft > 0 ? `${missedLabel(missedWaits)}.` : ''}
      </p>
      <dl>
        {health !== null && <Figure label="Sent">{Math.round(health.ingressKbps)} kb/s</Figure>}
        <Figure label="Waiting to send">{queue.seconds.toFixed(1)} s</Figure>
        {missedBytesLeft > 0 && <Figure label={missedLabel(missedWaits)}>{megabyteWords(missedBytesLeft)} left</Figure>}
        {roundTripMs !== null && <Figure label="Round trip">{Math.round(roundTripMs)} ms</Figure>}
        {heardAfterMs !== null ? (
          <Figure label="Fans hear you after">{inSeconds(heardAfterMs)}</Figure>
        ) : (
          typeof health?.publishLatencyMs === 'number' && (
            <Figure label="Ready to be heard after">{inSeconds(health.publishLatencyMs)}</Figure>
          )
        )}
      </dl>
    </Panel>
  );
}

function missedLabel(waits: boolean): string {
  return waits ? 'Kept for a server that is away' : 'Sending what was missed';
}

function waitingWords({ state, queue, missedBytesLeft, missedWaits, isKept }: PublisherStatus): string {
  if (state === 'on-air' && queue.seconds < 3 && missedWaits) {
    return 'Fans hear you live. What was missed waits here for the server that has its beginning; leave the page open.';
  }
  if (state === 'on-air' && queue.seconds < 3 && missedBytesLeft > 0) {
    return 'Fans hear you live. What they missed is sent beside it, for the rewind and the recording.';
  }
  return isKept
    ? 'Your line is slow or down. Everything is kept on this device and sent as soon as it can be; leave the page open.'
    : 'Your line is slow or down. Everything is kept in this page and sent as soon as it can be; leave it open.';
}

function inSeconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

function Figure({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="flex items-baseline border-t border-line py-2">
      <dt className="text-text-2">{label}</dt>
      <dd className="ml-auto pl-3 font-semibold whitespace-nowrap">{children}</dd>
    </div>
  );
}
