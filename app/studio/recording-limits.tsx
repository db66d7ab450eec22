import type { RecordingUsage } from '../../server/recordings/get-recording-usage';
import { LocalTime } from '../_ui/local-time';
import { Panel } from '../_ui/panel';
import { sizeWords } from '../_ui/size-words';

/** From so much of the quota on it is told before it is reached. */
const nearlyFullShare = 0.8;

/** What is deleted soon, and how much room one's recordings have left; nothing while neither is near. */
export function RecordingLimits({ usage }: { usage: RecordingUsage }) {
  const { usedBytes, bytesMax, expiringSoon } = usage;
  const isNearlyFull = bytesMax !== null && usedBytes >= bytesMax * nearlyFullShare;
  if (expiringSoon === null && !isNearlyFull) {
    return null;
  }
  return (
    <Panel aria-label="Your recordings" role="status" className="grid gap-1 lg:col-span-2">
      {expiringSoon !== null && (
        <p>
          <span className="font-semibold">
            {expiringSoon.count === 1 ? 'A recording' : `${expiringSoon.count} recordings`} of yours will be deleted
          </span>
          {expiringSoon.count === 1 ? ' ' : ', the first one '}
          <LocalTime date={expiringSoon.firstAt} show="day-and-time" />. Download what you want to keep.
        </p>
      )}
      {isNearlyFull && bytesMax !== null && (
        <p>
          <span className="font-semibold">
            Your recordings take {sizeWords(usedBytes)} of {sizeWords(bytesMax)}.
          </span>{' '}
          {usedBytes >= bytesMax
            ? 'New streams go live without a recording until you delete some.'
            : 'At the limit new streams go live without a recording.'}
        </p>
      )}
    </Panel>
  );
}
