'use client';

import { TRPCClientError } from '@trpc/client';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { StreamView } from '../../../../server/streams/stream-view';
import type { LatencyProfile } from '../../../../stream-node/contract/profiles';
import { failureWords } from '../../../_client/failure-words';
import { useTRPCClient } from '../../../_client/trpc';
import { BroadcastLock } from '../../../_publisher/broadcast-lock';
import type { CaptureGraph } from '../../../_publisher/capture-graph';
import { EarlyRecorder } from '../../../_publisher/early-recorder';
import type { IngestAccess } from '../../../_publisher/ingest-access';
import { continueWith, type OpenIngestSocket } from '../../../_publisher/ingest-socket';
import type { KeptBroadcast, KeptSession } from '../../../_publisher/kept-session';
import type { StartRecorder } from '../../../_publisher/live-session';
import { type BoothPublisher, PiecePublisher } from '../../../_publisher/pieces/piece-publisher';
import { reachSocket } from '../../../_publisher/pieces/socket-reach';
import { Publisher } from '../../../_publisher/publisher';
import type { PublisherStatus } from '../../../_publisher/publisher-status';
import { browserRecorders } from '../../../_publisher/recorder-choice';
import { renewAccess } from './renew-access';
import type { StreamOffer } from './use-kept-broadcasts';
import { useOnAirGuard } from './use-on-air-guard';
import type { OpenedStore } from './use-opened-store';

export type StreamSettings = {
  name: string;
  kind: 'audio' | 'video';
  language: string;
  record: boolean;
  profile: LatencyProfile;
  /** how far back fans may go while it is live */
  dvrWindowSeconds: number;
};

/** What is captured now, to be asked for again by a page that resumes. */
export type CaptureChoice = Pick<KeptBroadcast, 'source' | 'microphoneId' | 'cameraId'>;

export type Broadcast = {
  step: 'setup' | 'starting' | 'on-air' | 'ending' | 'over';
  stream: StreamView | null;
  status: PublisherStatus | null;
  /** unix milliseconds, when the broadcast began */
  startedAtMs: number | null;
  /** what went wrong, in words */
  problem: string | null;
  /** false: the stream was ended before everything had arrived */
  isComplete: boolean;
  /** Settles with false, and a problem, when it could not be begun. */
  goLive: (graph: CaptureGraph, settings: StreamSettings) => Promise<boolean>;
  /** Goes on with a broadcast that lost its page. */
  resume: (graph: CaptureGraph, offer: StreamOffer & { stream: StreamView }) => Promise<boolean>;
  end: () => Promise<void>;
  restart: () => void;
};

type BroadcastOptions = { eventId: string; userId: string; store: OpenedStore; choice: CaptureChoice };

/** For so long the end of a stream waits for the next piece of what is still queued to arrive. */
const endPatienceMs = 15_000;
const nothingToHear = () => () => {};
const noStatus = () => null;

/** Makes the stream, publishes it and ends it. */
export function useBroadcast({ eventId, userId, store, choice }: BroadcastOptions): Broadcast {
  const client = useTRPCClient();
  const [step, setStep] = useState<Broadcast['step']>('setup');
  const [stream, setStream] = useState<StreamView | null>(null);
  const [publisher, setPublisher] = useState<BoothPublisher | null>(null);
  const [startedAtMs, setStartedAtMs] = useState<number | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [isComplete, setIsComplete] = useState(true);
  const running = useRef<{ publisher: BoothPublisher; lock: BroadcastLock | null } | null>(null);
  const latestChoice = useRef(choice);
  latestChoice.current = choice;

  const status = useSyncExternalStore<PublisherStatus | null>(
    publisher?.subscribe ?? nothingToHear,
    publisher?.status ?? noStatus,
    noStatus,
  );

  const letGo = useRef(() => {
    running.current?.publisher.close();
    running.current?.lock?.release();
    running.current = null;
  });
  useEffect(() => letGo.current, []);
  useOnAirGuard(step === 'on-air' || step === 'ending');

  // A stream that was ended elsewhere, taken over or refused is over here too.
  const endedElsewhere = status?.state === 'ended' || status?.state === 'failed' || status?.state === 'replaced';
  useEffect(() => {
    if (endedElsewhere && step === 'on-air') {
      setStep('over');
      letGo.current();
    }
  }, [endedElsewhere, step]);

  const begin = async (
    graph: CaptureGraph,
    on: StreamView,
    access: IngestAccess,
    how: { leftOver?: KeptSession[]; startRecorder?: StartRecorder; openSocket?: OpenIngestSocket },
  ) => {
    const opened = await store.opened;
    const lock = opened === null ? null : await BroadcastLock.take(on.id);
    if (opened !== null && lock === null) {
      throw new Error('Another tab of yours has just taken this broadcast over.');
    }
    const begun = new Publisher({
      access,
      renewAccess: (options) =>
        renewAccess(() => client.streams.renewPublishGrant.mutate({ streamId: on.id, ...options })),
      capture: graph,
      broadcast: () => ({ streamId: on.id, eventId, userId, streamName: on.name, ...latestChoice.current }),
      store: opened,
      ...how,
    });
    await takeOver(begun, lock, on);
  };

  const takeOver = async (begun: BoothPublisher, lock: BroadcastLock | null, on: StreamView) => {
    running.current = { publisher: begun, lock };
    setStream(on);
    setPublisher(begun);
    await begun.start();
    setStartedAtMs(on.startedAt?.getTime() ?? Date.now());
    setStep('on-air');
  };

  const tryTo = async (graph: CaptureGraph, go: () => Promise<void>) => {
    setStep('starting');
    setProblem(null);
    try {
      await graph.wake();
      await go();
      return true;
    } catch (error) {
      letGo.current();
      setStep('setup');
      setProblem(error instanceof TRPCClientError || !(error instanceof Error) ? failureWords(error) : error.message);
      return false;
    }
  };

  const goLive = async (graph: CaptureGraph, settings: StreamSettings) =>
    await tryTo(graph, async () => {
      const early = new EarlyRecorder(graph.recordable(), browserRecorders().start);
      let socket: WebSocket | null = null;
      try {
        const { stream: made, publish } = await client.streams.create.mutate({ eventId, ...settings });
        socket = await reachSocket(publish.websocketUrl);
        if (socket !== null) {
          await begin(graph, made, publish, { startRecorder: early.start, openSocket: continueWith(socket) });
        } else {
          early.leave();
          await takeOver(new PiecePublisher({ streamId: made.id, capture: graph }), null, made);
        }
      } catch (error) {
        socket?.close();
        throw error;
      } finally {
        early.leave();
      }
    });

  const resume = async (graph: CaptureGraph, offer: StreamOffer & { stream: StreamView }) =>
    await tryTo(graph, async () => {
      const { publish } = await client.streams.renewPublishGrant.mutate({ streamId: offer.stream.id });
      await begin(graph, offer.stream, publish, { leftOver: offer.sessions });
    });

  const end = async () => {
    if (publisher === null || stream === null) {
      return;
    }
    setStep('ending');
    setProblem(null);
    setIsComplete(await publisher.end(endPatienceMs));
    try {
      setStream(await client.streams.end.mutate({ streamId: stream.id }));
    } catch (error) {
      setProblem(failureWords(error));
    }
    setStep('over');
    letGo.current();
  };

  const restart = () => void publisher?.restart();
  return { step, stream, status, startedAtMs, problem, isComplete, goLive, resume, end, restart };
}
