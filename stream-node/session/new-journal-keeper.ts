import { systemClock } from '../clock';
import type { IngestSource } from '../ingest/ingest-source';
import { untrimmed } from '../store/trimmed-takes';
import { JournalKeeper } from './journal-keeper';
import { remakeJournal } from './journal-remake';
import type { StreamDirectory } from './stream-directory';
import type { StreamPorts } from './stream-ports';

/** How long the publisher of a journal is waited for while the web has not said how long, in seconds. */
export const defaultGraceSeconds = 120;

/** Makes the takes of a journal that was left behind, or of uploaded pieces. @returns whether all of it is stored */
export type Remake = (source: IngestSource, signal: AbortSignal) => Promise<boolean>;

/** A {@link Remake} whose takes the directory knows of before the web has said anything of them. */
export function remakeInto(directory: StreamDirectory, ports: StreamPorts): Remake {
  return async (source, signal) => {
    const { streamId, epoch } = source;
    const facts = { visibility: 'private' as const, epoch, trim: untrimmed };
    directory.expectTakes(streamId, facts);
    const isWhole = await remakeJournal(source, ports, signal);
    directory.expectTakes(streamId, facts);
    ports.changed();
    return isWhole;
  };
}

/** The keeper of a node's journals, joined to its streams. */
export function newJournalKeeper(directory: StreamDirectory, ports: StreamPorts): JournalKeeper {
  const { dataDirectory, logger, disk } = ports;
  return new JournalKeeper({
    ...{ dataDirectory, clock: systemClock, logger },
    takesRest: (streamId) => directory.takesRest(streamId),
    hasRoom: () => disk.takesRecordings,
    graceMs: (streamId) => (directory.live(streamId)?.desired.graceSeconds ?? defaultGraceSeconds) * 1000,
    settled: async (streamId, recorderSession) => await directory.live(streamId)?.settled(recorderSession),
    remake: remakeInto(directory, ports),
  });
}
