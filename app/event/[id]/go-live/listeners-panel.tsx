import { ShareButton } from '../../../_share/share-button';
import type { ShareSubject } from '../../../_share/share-subject';
import { countWords } from '../../../_ui/listening-words';
import { Panel } from '../../../_ui/panel';

type ListenersPanelProps = Omit<ShareSubject, 'playheadMs'> & { count: number };

/** How many listen to the broadcaster now, and the way to tell more of them. */
export function ListenersPanel({ count, ...subject }: ListenersPanelProps) {
  return (
    <Panel aria-label="Listeners">
      <div className="flex items-center">
        <h2 className="grow font-body text-body font-normal text-text-2">Listening to you</h2>
        <ShareButton {...subject} playheadMs={null} />
      </div>
      <p data-testid="viewer-count" className="pt-2 font-display text-sign">
        {countWords(count)}
      </p>
    </Panel>
  );
}
