'use client';

import { useId } from 'react';
import type { StreamView } from '../../../../server/streams/stream-view';
import { isFinal } from '../../../../stream-node/contract/stream-state';
import { megabyteWords } from '../../../_publisher/megabyte-words';
import { Button } from '../../../_ui/button';
import { ButtonLink } from '../../../_ui/button-link';
import { LocalTime } from '../../../_ui/local-time';
import { Panel } from '../../../_ui/panel';
import type { KeptBroadcasts, StreamOffer } from './use-kept-broadcasts';
import { useKeptEnding } from './use-kept-ending';
import type { OpenedStore } from './use-opened-store';

type KeptPanelProps = {
  kept: KeptBroadcasts;
  store: OpenedStore;
  /** one's own streams at this event that are on air now */
  ownOnAir: StreamView[];
  /** the sound is ready */
  canResume: boolean;
  onResume: (offer: StreamOffer & { stream: StreamView }) => void;
};

/** What became of broadcasts that lost their page: an offer to go on for each of this browser's, a hint for another's. */
export function KeptPanel({ kept, store, ownOnAir, canResume, onResume }: KeptPanelProps) {
  const ending = useKeptEnding(store);
  const { offers } = kept;
  const elsewhere = offers === null ? [] : ownOnAir.filter(({ id }) => !offers.some(({ stream }) => stream?.id === id));
  const end = async (offer: StreamOffer) => {
    if (await ending.end(offer)) {
      kept.withdraw(offer.broadcast.streamId);
    }
  };
  return (
    <>
      {offers?.map((offer) => (
        <OfferPanel
          key={offer.broadcast.streamId}
          offer={offer}
          canResume={canResume && ending.streamId === null}
          bytesLeft={ending.streamId === offer.broadcast.streamId ? ending.bytesLeft : null}
          onResume={onResume}
          onEnd={() => void end(offer)}
        />
      ))}
      {elsewhere.map((stream) => (
        <Panel key={stream.id} aria-label="On air elsewhere" className="flex flex-wrap items-center gap-3">
          <p className="min-w-0 grow basis-60">
            <span className="block font-semibold">You are on air from another page</span>
            <span className="text-text-2">“{stream.name}” goes on there. What you start here is another stream.</span>
          </p>
          <ButtonLink href={`/watch/${stream.id}`}>Open its page</ButtonLink>
        </Panel>
      ))}
      <p role="status" className="rounded-panel bg-surface p-4 font-semibold empty:hidden sm:px-5">
        {ending.outcome}
      </p>
    </>
  );
}

type OfferPanelProps = {
  offer: StreamOffer;
  canResume: boolean;
  /** while it is being sent; else null */
  bytesLeft: number | null;
  onResume: KeptPanelProps['onResume'];
  onEnd: () => void;
};

function OfferPanel({ offer, canResume, bytesLeft, onResume, onEnd }: OfferPanelProps) {
  const headingId = useId();
  const { broadcast, bytes, brokeOffAtMs, stream } = offer;
  const isOver = stream === null || isFinal(stream.state);
  return (
    <Panel aria-labelledby={headingId}>
      <h2 id={headingId} className="text-section">
        {isOver ? 'Your last broadcast is over' : 'Resume your broadcast'}
      </h2>
      <p className="mt-1 text-text-2">
        <span className="font-semibold text-text">“{broadcast.streamName}”</span> broke off{' '}
        <LocalTime date={new Date(brokeOffAtMs)} show="day-and-time" />. {keptWords(bytes, isOver)}
      </p>
      {bytesLeft !== null ? (
        <p role="status" className="mt-4 py-2.5 font-semibold">
          Sending what was missed: {megabyteWords(bytesLeft)} left
        </p>
      ) : (
        <div className="mt-4 flex flex-wrap gap-2">
          {stream !== null && !isOver && (
            <Button look="lamp" disabled={!canResume} onClick={() => onResume({ ...offer, stream })}>
              Resume
            </Button>
          )}
          <Button look={isOver ? 'plain' : 'danger'} onClick={onEnd}>
            {isOver ? 'Send what is kept' : 'End it'}
          </Button>
        </div>
      )}
    </Panel>
  );
}

function keptWords(bytes: number, isOver: boolean): string {
  if (bytes === 0) {
    return 'Everything until then was sent.';
  }
  const kept = `There is ${megabyteWords(bytes)} that nobody has heard yet: it is kept on this device`;
  return isOver ? `${kept}.` : `${kept} and will be sent.`;
}
