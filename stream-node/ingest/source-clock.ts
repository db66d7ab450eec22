import type { SourceContainer } from '../contract/ingest-protocol';
import { FlvClock } from './flv-clock';
import { MediaClock } from './media-clock';

/** Puts a session's container time on the event clock, chunk by chunk, as they arrive or again from a journal. */
export type SourceClock = Pick<
  MediaClock,
  | 'sample'
  | 'bestSample'
  | 'chunk'
  | 'position'
  | 'resumeAt'
  | 'entryPoints'
  | 'headBytes'
  | 'newestContainerMs'
  | 'zeroMs'
  | 'lagMs'
> & {
  /** No more chunks come: what is known must do. */
  conclude?(): void;
};

/** The clock of a container. */
export function sourceClock(container: SourceContainer): SourceClock {
  return container === 'flv' ? new FlvClock() : new MediaClock(container);
}
