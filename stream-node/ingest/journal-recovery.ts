import { open, truncate } from 'node:fs/promises';
import { continuationNumbers, continuationPath, removeContinuations } from './journal-files';
import { type JournalHeader, type JournalNote, readHeader, readRecords } from './journal-format';

/** One file of a journal. */
export type JournalFile = {
  /** 0: the first one, which holds the container's head and is never dropped */
  readonly number: number;
  readonly path: string;
  readonly recordsOffset: number;
  readonly continues: JournalHeader['continues'];
};

/** What an earlier process left of a journal, its valid prefix alone. */
export type RecoveredJournal = {
  readonly header: JournalHeader;
  /** in order; between the first and the second some may have been dropped */
  readonly files: readonly [JournalFile, ...JournalFile[]];
  readonly notes: readonly JournalNote[];
  /** -1: none */
  readonly lastSequence: number;
  /** of the newest file */
  readonly endOffset: number;
};

type Scan = {
  file: JournalFile;
  header: JournalHeader;
  notes: JournalNote[];
  /** `null` without a chunk */
  lastSequence: number | null;
  endOffset: number;
};

/**
 * Reads a journal and cuts what a crash tore off it: a torn tail, and files that do not go on where the one before ends.
 *
 * @returns `null` when the first file has no whole header line: it never acknowledged anything
 * @throws Error of the file system
 */
export async function recoverJournal(firstPath: string): Promise<RecoveredJournal | null> {
  const head = await scan(firstPath, 0);
  const numbers = await continuationNumbers(firstPath);
  if (head === null) {
    await removeContinuations(firstPath, numbers);
    return null;
  }
  const kept: [Scan, ...Scan[]] = [head];
  let newest: Scan = head;
  let lastSequence = head.lastSequence ?? -1;
  for (const number of heldRun(numbers)) {
    const next = await scan(continuationPath(firstPath, number), number);
    const from = next?.file.continues?.fromSequence;
    const isAfterDropped = newest === head && number > 1;
    if (
      next === null ||
      from === undefined ||
      !(from === lastSequence + 1 || (isAfterDropped && from > lastSequence))
    ) {
      break;
    }
    kept.push(next);
    newest = next;
    lastSequence = next.lastSequence ?? from - 1;
  }
  const held = new Set(kept.map(({ file }) => file.number));
  await removeContinuations(
    firstPath,
    numbers.filter((number) => !held.has(number)),
  );
  await truncate(newest.file.path, newest.endOffset);
  const [first, ...others] = kept;
  return {
    header: head.header,
    files: [first.file, ...others.map(({ file }) => file)],
    notes: kept.flatMap(({ notes }) => notes),
    lastSequence,
    endOffset: newest.endOffset,
  };
}

/** The newest files without a hole between them: what lies before a hole was on its way out. */
function heldRun(numbers: readonly number[]): number[] {
  const start = numbers.findLastIndex((number, index) => index === 0 || numbers[index - 1] !== number - 1);
  return numbers.slice(Math.max(0, start));
}

async function scan(path: string, number: number): Promise<Scan | null> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') {
      return null;
    }
    throw error;
  });
  try {
    const found = file === null ? null : await readHeader(file);
    if (file === null || found === null) {
      return null;
    }
    const notes: JournalNote[] = [];
    let lastSequence: number | null = null;
    let endOffset = found.endOffset;
    for await (const { record, endOffset: recordEnd } of readRecords(file, found.endOffset)) {
      if (record.kind === 'note') {
        notes.push(record.note);
      } else {
        lastSequence = record.chunk.sequence;
      }
      endOffset = recordEnd;
    }
    const { header } = found;
    const facts = { number, path, recordsOffset: found.endOffset, continues: header.continues };
    return { file: facts, header, notes, lastSequence, endOffset };
  } finally {
    await file?.close();
  }
}
