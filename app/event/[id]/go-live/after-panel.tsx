import type { EventView } from '../../../../server/events/event-view';
import type { StreamView } from '../../../../server/streams/stream-view';
import type { PublisherStatus } from '../../../_publisher/publisher-status';
import { ShareButton } from '../../../_share/share-button';
import { Button } from '../../../_ui/button';
import { ButtonLink } from '../../../_ui/button-link';
import { Panel } from '../../../_ui/panel';

type AfterPanelProps = {
  event: EventView;
  stream: StreamView;
  status: PublisherStatus | null;
  isComplete: boolean;
  problem: string | null;
  publicUrl: string;
};

/** The button that had the focus is gone. Who writes in the chat meanwhile keeps it there. */
function takeLostFocus(heading: HTMLHeadingElement | null) {
  if (document.activeElement === document.body) {
    heading?.focus({ preventScroll: true });
  }
}

/** What there is once the sign is dark again: the recording, the way to share it, and the next stream. */
export function AfterPanel({ event, stream, status, isComplete, problem, publicUrl }: AfterPanelProps) {
  const { title, detail } = outcome(stream, status, isComplete);
  return (
    <Panel>
      <h2 ref={takeLostFocus} tabIndex={-1} className="text-title outline-none">
        {title}
      </h2>
      <p role="status" className="mt-1 text-text-2">
        {detail}
      </p>
      {problem !== null && (
        <p role="alert" className="mt-2 font-semibold text-live">
          {problem}
        </p>
      )}
      <div className="mt-4 flex flex-wrap gap-2">
        {stream.record && (
          <ButtonLink look="lamp" href={`/watch/${stream.id}`}>
            {stream.kind === 'video' ? 'Watch the recording' : 'Listen to the recording'}
          </ButtonLink>
        )}
        <ShareButton event={event} stream={stream} playheadMs={null} publicUrl={publicUrl} />
        <ButtonLink href={`/event/${event.id}`}>Back to the event</ButtonLink>
        <Button onClick={() => window.location.reload()}>Go live again</Button>
      </div>
    </Panel>
  );
}

function outcome(stream: StreamView, status: PublisherStatus | null, isComplete: boolean) {
  if (status?.state === 'replaced') {
    return {
      title: 'You went live on another page',
      detail: 'That page has taken this stream over. You can close this one.',
    };
  }
  if (status?.state === 'failed') {
    return { title: 'The stream broke off', detail: status.reason ?? 'The stream node refused it.' };
  }
  if (!isComplete) {
    return {
      title: 'Your stream is over',
      detail:
        status?.isKept === true
          ? 'The line was too slow to send all of it. The rest is kept on this device: open this page again to send it.'
          : 'The line was too slow to send the last seconds, so they are missing at the end.',
    };
  }
  return {
    title: 'Your stream is over',
    detail: stream.record ? 'Every word is stored. The recording plays already.' : 'It was not recorded.',
  };
}
