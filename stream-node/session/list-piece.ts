import { rm, stat } from 'node:fs/promises';
import type { PieceFacts } from '../ingest/pieces/piece-facts';
import type { ListedPiece, TakenPiece } from '../ingest/pieces/piece-index';
import type { PieceStore } from '../ingest/pieces/piece-store';
import type { Logger } from '../logger';
import type { FfmpegAbilities } from '../transcode/ffmpeg-abilities';
import { lastPictureOf, makeSegment, PieceEncodeError } from '../transcode/piece-command';
import { type PieceBefore, type PiecePlan, planPiece } from '../transcode/piece-plan';
import type { PiecePlace, PieceSessions } from './piece-sessions';

/** Where a piece goes. */
export type PieceList = {
  readonly store: PieceStore;
  readonly sessions: PieceSessions;
  readonly abilities: FfmpegAbilities;
  readonly logger: Logger;
};

/**
 * Makes a piece whose turn it is into a segment, lists it and hands it on to its session. One that no segment can be made of
 * is noted as spoilt, and is never tried again.
 *
 * @throws Error of the file system
 */
export async function listPiece(piece: TakenPiece, place: PiecePlace, list: PieceList): Promise<void> {
  const { store, sessions, logger } = list;
  const { sequence, facts } = piece;
  const previous = place.isLate ? undefined : store.listed.findLast(({ isLate }) => !isLate);
  const before = previous === undefined ? null : beforeNext(previous);
  const plan = planPiece(facts, before);
  const segment = store.newHalfPath('.ts');
  try {
    await makeSegmentOf(piece, plan, previous, { list, output: segment });
  } catch (error) {
    await rm(segment, { force: true });
    if (!(error instanceof PieceEncodeError)) {
      throw error;
    }
    logger.error({ sequence, reason: error.message }, 'a piece cannot be made into a segment');
    await store.note({ type: 'spoilt', sequence });
    return;
  }
  const session = await sessions.sessionFor(piece, plan, previous, place);
  const { size: bytes } = await stat(segment);
  const listed: ListedPiece = {
    ...{ type: 'listed', sequence, file: `${sequence}.ts`, ...timesOf(plan, facts), bytes, layout: plan.layout },
    ...{ isLate: place.isLate, recorderSession: session.recorderSession },
    follows: previous?.layout === plan.layout && !place.isGap ? previous.sequence : null,
  };
  await store.list(listed, segment);
  sessions.listed(listed, session);
}

async function makeSegmentOf(
  piece: TakenPiece,
  plan: PiecePlan,
  previous: ListedPiece | undefined,
  { list, output }: { list: PieceList; output: string },
): Promise<void> {
  const { store, abilities } = list;
  const picture = store.newHalfPath('.png');
  const holds = plan.holdsLastPicture && previous !== undefined;
  const lastPicture = holds ? await lastPictureOf(store.segmentPath(previous), picture) : null;
  try {
    await makeSegment({
      ...{ path: store.piecePath(piece), container: piece.container, facts: piece.facts, plan, output },
      ...{ lastPicture, abilities },
    });
  } finally {
    await rm(picture, { force: true });
  }
}

function beforeNext(piece: ListedPiece): PieceBefore {
  const { startSeconds, durationSeconds, audioEndSeconds, hasPicture } = piece;
  return { endSeconds: startSeconds + durationSeconds, audioEndSeconds, hasPicture };
}

function timesOf(plan: PiecePlan, facts: PieceFacts) {
  const { startSeconds, durationSeconds, originSeconds } = plan;
  const soundEnds = plan.sound === 'copy' ? (facts.audio?.endSeconds ?? 0) - originSeconds : durationSeconds;
  return {
    ...{ startSeconds: Math.max(0, startSeconds), durationSeconds },
    audioEndSeconds: plan.sound !== 'none' ? startSeconds + soundEnds : null,
    hasPicture: plan.picture !== 'none',
  };
}
