import type { IngestSource } from './ingest-source';

/** What every way in tells of its publishers, in this order for one of them: `connected`, `source`, then how it ended. */
export type IngestEvents = {
  /** a recorder session began (or began anew after a restart of the process): transcode it */
  source: [source: IngestSource];
  /** a publisher was admitted and welcomed; comes before `source` */
  connected: [streamId: string];
  /** the publisher's connection is gone, and neither finished, replaced nor closed by us; with the reason when it was its media */
  lost: [streamId: string, reason?: string];
  /** the publisher stopped this recorder session and everything of it is in the journal; its bytes have ended */
  finished: [streamId: string, recorderSession: string];
};
