import { durationOnClock } from '../../../_player/dial-scale';
import { pageNowMs } from '../../../_publisher/page-clock';
import type { PublisherStatus } from '../../../_publisher/publisher-status';

/** What stands beside the sign while the line is down or not yet up; null when all is well. */
export function holdingWords(status: PublisherStatus | null): string | null {
  switch (status?.state) {
    case 'holding': {
      const seconds = (pageNowMs() - (status.holdingSinceMs ?? pageNowMs())) / 1000;
      return `Holding your place ${durationOnClock(seconds)}, recording here`;
    }
    case 'connecting':
      return 'Opening the line…';
    default:
      return null;
  }
}
