import type { Rendition, RenditionId } from '../contract/ladder';
import type { CutPlan } from '../contract/profiles';
import type { InitFragment, MediaFragment } from '../isobmff/fragment-reader';
import type { StreamPackager } from './stream-packager';
import { endSeconds, outputTsOffsetSeconds, syntheticFragments, syntheticInit } from './synthetic-fragments';
import type { Run } from './synthetic-scenario';
import { Timeline } from './timeline';

type Arrival = {
  readonly rendition: Rendition;
  readonly fragment: InitFragment | MediaFragment;
  /** after the session's time zero */
  readonly atSeconds: number;
};

/** A session that has begun. */
export type SyntheticSession = {
  readonly timeline: Timeline;
  /** event-clock time of the recorder's time zero as it was first known, unix milliseconds */
  readonly zeroMs: number;
  /** it goes on where the encoder before it ended */
  readonly isContinued: boolean;
  /** all that ffmpeg puts out, in the order in which it arrives */
  readonly arrivals: readonly Arrival[];
};

/** For property tests: begins the sessions of a scenario in a packager, one after the other, as the conductor does it. */
export class SyntheticSessions {
  #recorder: { timeline: Timeline; zeroMs: number; ends: Map<RenditionId, number>; variant: string } | undefined;
  #sessionCount = 0;

  constructor(
    private readonly packager: StreamPackager,
    private readonly stream: { renditions: readonly Rendition[]; cut: CutPlan },
    /** where the next recorder session begins on the event clock, unix milliseconds */
    private nextZeroMs: number,
    /** `false`: no encoder takes another's place, each run is a recorder session */
    private readonly restarts = true,
  ) {}

  begin(run: Run): SyntheticSession {
    const continued = run.takesPlace === 'no' || !this.restarts ? undefined : this.#recorder;
    if (continued !== undefined) {
      this.packager.finishSession();
      for (const [id, seconds] of this.packager.publishedEnds()) {
        continued.ends.set(id, seconds);
      }
    }
    const zeroMs = continued?.zeroMs ?? this.nextZeroMs;
    const recorder = continued ?? {
      timeline: new Timeline({ firstSampleEventTimeMs: zeroMs, outputTsOffsetSeconds }),
      ...{ zeroMs, ends: new Map(), variant: '' },
    };
    this.#recorder = recorder;
    recorder.variant += run.takesPlace === 'other' ? '!' : '';
    const { timeline, ends } = recorder;
    this.packager.startSession({ sessionIndex: this.#sessionCount, timeline, startSeconds: this.#startSeconds(ends) });
    this.#sessionCount += 1;
    const untilSeconds = Math.max(outputTsOffsetSeconds, ...ends.values()) + run.seconds;
    this.nextZeroMs = zeroMs + (untilSeconds - outputTsOffsetSeconds + run.pauseSeconds) * 1000;
    return { timeline, zeroMs, isContinued: ends.size > 0, arrivals: this.#arrivals(run, ends, untilSeconds) };
  }

  /** As the conductor has it: where the rendition that is furthest behind goes on. */
  #startSeconds(ends: ReadonlyMap<RenditionId, number>): number | undefined {
    if (ends.size === 0) {
      return undefined;
    }
    const earliest = Math.min(...ends.values());
    const isOneBehind = this.stream.renditions.some(({ id }) => !ends.has(id));
    const isAtBeginning = earliest < outputTsOffsetSeconds + 2 * this.stream.cut.segmentSeconds;
    return isOneBehind && isAtBeginning ? outputTsOffsetSeconds : earliest;
  }

  #arrivals(run: Run, ends: ReadonlyMap<RenditionId, number>, untilSeconds: number): Arrival[] {
    const { renditions, cut } = this.stream;
    return renditions
      .flatMap((rendition, index): Arrival[] => {
        const beginSeconds = ends.get(rendition.id);
        const beforeEnd = untilSeconds - (run.lostSeconds[index] ?? 0);
        const fragments = syntheticFragments(rendition, cut, {
          seconds: Math.max(0, beforeEnd - (beginSeconds ?? outputTsOffsetSeconds)),
          beginSeconds,
          ...(!run.wholeParts && { framesPerFragment: 1 }),
        });
        const late = run.lateSeconds[index] ?? 0;
        const init = syntheticInit(rendition, rendition.kind === 'video' ? this.#recorder?.variant : '');
        return [
          { rendition, fragment: init, atSeconds: -1 },
          ...fragments.map((fragment) => ({
            ...{ rendition, fragment },
            atSeconds: endSeconds(rendition, fragment) - outputTsOffsetSeconds + late,
          })),
        ];
      })
      .toSorted((a, b) => a.atSeconds - b.atSeconds);
  }
}
