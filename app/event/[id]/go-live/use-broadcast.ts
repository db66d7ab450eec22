'use client';

import { TRPCClientError } from '@trpc/client';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { PublishAccess, StreamView } from '../../../../server/streams/stream-view';
import type { LatencyProfile } from '../../../../stream-node/contract/profiles';
import { failureWords } from '../../../_client/failure-words';
import { useTRPCClient } from '../../../_client/trpc';
import type { CaptureGraph } from '../../../_publisher/capture-graph';
import { type IngestAccess, RenewalRefused } from '../../../_publisher/ingest-client';
import { Publisher, type PublisherStatus } from '../../../_publisher/publisher';
import { keepScreenOn } from '../../../_publisher/wake-lock';

export type StreamSettings = {
  name: string;
  kind: 'audio' | 'video';
  language: string;
  record: boolean;
  profile: LatencyProfile;
};

export type Broadcast = {
  step: 'setup' | 'starting' | 'on-air' | 'ending' | 'over';
  stream: StreamView | null;
  status: PublisherStatus | null;
  /** page clock, when the broadcast began */
  startedAtMs: number | null;
  /** what went wrong, in words */
  problem: string | null;
  /** false: the stream was ended before everything had arrived */
  isComplete: boolean;
  goLive: (graph: CaptureGraph, settings: StreamSettings) => Promise<void>;
  end: () => Promise<void>;
  restart: () => void;
};

/** How long the end of a stream waits for what is still queued. */
const endWaitMs = 15_000;
const nothingToHear = () => () => {};
const noStatus = () => null;

/** Makes the stream, publishes it and ends it. */
export function useBroadcast(eventId: string): Broadcast {
  const client = useTRPCClient();
  const [step, setStep] = useState<Broadcast['step']>('setup');
  const [stream, setStream] = useState<StreamView | null>(null);
  const [publisher, setPublisher] = useState<Publisher | null>(null);
  const [startedAtMs, setStartedAtMs] = useState<number | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [isComplete, setIsComplete] = useState(true);
  const running = useRef<Publisher | null>(null);

  const status = useSyncExternalStore<PublisherStatus | null>(
    publisher?.subscribe ?? nothingToHear,
    publisher?.status ?? noStatus,
    noStatus,
  );

  useEffect(() => () => running.current?.close(), []);

  const isOnAir = step === 'on-air' || step === 'ending';
  useEffect(() => {
    if (!isOnAir) {
      return;
    }
    const letGo = keepScreenOn();
    const guard = (leaving: BeforeUnloadEvent) => leaving.preventDefault();
    window.addEventListener('beforeunload', guard);
    return () => {
      letGo();
      window.removeEventListener('beforeunload', guard);
    };
  }, [isOnAir]);

  // A stream that was ended elsewhere, taken over or refused is over here too.
  const endedElsewhere = status?.state === 'ended' || status?.state === 'failed' || status?.state === 'replaced';
  useEffect(() => {
    if (endedElsewhere && step === 'on-air') {
      setStep('over');
    }
  }, [endedElsewhere, step]);

  const goLive = async (graph: CaptureGraph, settings: StreamSettings) => {
    setStep('starting');
    setProblem(null);
    try {
      await graph.wake();
      const { stream: made, publish } = await client.streams.create.mutate({ eventId, ...settings });
      setStream(made);
      const begun = new Publisher({
        streamId: made.id,
        access: publish,
        renewAccess: () => renewAccess(() => client.streams.renewPublishGrant.mutate({ streamId: made.id })),
        capture: graph,
      });
      running.current = begun;
      setPublisher(begun);
      await begun.start();
      setStartedAtMs(Date.now());
      setStep('on-air');
    } catch (error) {
      running.current?.close();
      setStep('setup');
      setProblem(error instanceof TRPCClientError || !(error instanceof Error) ? failureWords(error) : error.message);
    }
  };

  const end = async () => {
    if (publisher === null || stream === null) {
      return;
    }
    setStep('ending');
    setProblem(null);
    setIsComplete(await publisher.end(endWaitMs));
    try {
      setStream(await client.streams.end.mutate({ streamId: stream.id }));
    } catch (error) {
      setProblem(failureWords(error));
    }
    setStep('over');
  };

  const restart = () => void publisher?.restart();
  return { step, stream, status, startedAtMs, problem, isComplete, goLive, end, restart };
}

/** A web that cannot be reached is asked again; one that says no is believed. */
async function renewAccess(ask: () => Promise<{ publish: PublishAccess }>): Promise<IngestAccess> {
  try {
    return (await ask()).publish;
  } catch (error) {
    const status: unknown = error instanceof TRPCClientError ? error.data?.httpStatus : undefined;
    if (typeof status === 'number' && status >= 400 && status < 500 && status !== 429) {
      throw new RenewalRefused(failureWords(error));
    }
    throw error;
  }
}
