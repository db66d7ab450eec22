import type { Recordings } from '../store/recordings';

/** What a kind of job has to do its work with. */
export type WorkContext = {
  readonly recordings: Recordings;
  readonly recordingsFolder: string;
  /** by which other nodes lend takes */
  readonly nodeSecret: string;
  progress(share: number): void;
  readonly signal: AbortSignal;
  /** @throws Error when so many bytes more would leave the disk without room for recordings */
  needRoom(bytes: number): Promise<void>;
};
