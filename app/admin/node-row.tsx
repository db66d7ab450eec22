'use client';

import { useMutation } from '@tanstack/react-query';
import clsx from 'clsx';
import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import type { NodeState, NodeView } from '../../server/nodes/node-view';
import { failureWords } from '../_client/failure-words';
import { useTRPC } from '../_client/trpc';
import { Button } from '../_ui/button';
import { LastQuestion } from '../_ui/last-question';
import { countWords } from '../_ui/listening-words';
import { LocalTime } from '../_ui/local-time';

const nodeStateWords: Record<NodeState, string> = {
  registered: 'Never heard of',
  alive: 'Takes streams',
  draining: 'Draining',
  suspect: 'Silent',
};

const stateColours: Record<NodeState, string> = {
  registered: 'text-text-3',
  alive: 'text-good',
  draining: 'text-text-2',
  suspect: 'text-live',
};

/** A node says with one of its next snapshots that it takes streams again: so often, and so long, the page looks. */
const lookAgain = { everyMs: 500, patienceMs: 15_000 };

/** A stream node: its state and load, and the two things to do with it. */
export function NodeRow({ node }: { node: NodeView }) {
  const trpc = useTRPC();
  const router = useRouter();
  const [isAsking, setAsking] = useState(false);
  const [wasKept, setKept] = useState(false);
  const done = {
    onSuccess: () => {
      setAsking(false);
      router.refresh();
    },
  };
  const drain = useMutation(trpc.admin.drainNode.mutationOptions(done));
  const isComingBack = drain.isSuccess && drain.variables.isWanted === false && node.state === 'draining';
  useEffect(() => {
    if (!isComingBack) {
      return;
    }
    const looking = setInterval(() => router.refresh(), lookAgain.everyMs);
    const giveUp = setTimeout(() => clearInterval(looking), lookAgain.patienceMs);
    return () => {
      clearInterval(looking);
      clearTimeout(giveUp);
    };
  }, [isComingBack, router]);
  const remove = useMutation(trpc.admin.removeNode.mutationOptions(done));
  const error = drain.error ?? remove.error;
  const busy = drain.isPending || remove.isPending;
  const nodeId = node.id;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 border-t border-line py-4">
      <div className="min-w-0 grow basis-60">
        <p className="flex flex-wrap gap-x-3">
          <span className="text-lead font-semibold wrap-anywhere">{node.name}</span>
          <span role="status" className={clsx('py-0.5', stateColours[node.state])}>
            {isComingBack ? 'Coming back' : nodeStateWords[node.state]}
          </span>
        </p>
        <p className="text-text-2">
          {countWords(node.publishers)} {node.publishers === 1 ? 'publisher' : 'publishers'} on{' '}
          {slotWords(node.encoderPercent)} of {countWords(node.encoderSlots)} encoder slots, {countWords(node.viewers)}{' '}
          of {countWords(node.viewerCapacity)} viewers of other players
        </p>
        <p className="text-small wrap-anywhere text-text-3">
          {node.publicUrl || node.hostName}
          {node.lastSeenAt !== null && (
            <>
              , last heard <LocalTime date={node.lastSeenAt} show="day-and-time" />
            </>
          )}
        </p>
      </div>
      {isAsking ? (
        <LastQuestion
          warning="It must be stopped and empty."
          yes="Remove it"
          no="Keep it"
          isBusy={busy}
          onYes={() => remove.mutate({ nodeId })}
          onNo={() => {
            setKept(true);
            setAsking(false);
          }}
        />
      ) : (
        <span className="flex flex-wrap gap-2">
          {node.state === 'draining' ? (
            <Button
              disabled={busy || isComingBack}
              aria-label={`Take streams again, ${node.name}`}
              onClick={() => drain.mutate({ nodeId, isWanted: false })}
            >
              Take streams again
            </Button>
          ) : (
            <Button disabled={busy} aria-label={`Drain ${node.name}`} onClick={() => drain.mutate({ nodeId })}>
              Drain
            </Button>
          )}
          <Button autoFocus={wasKept} aria-label={`Remove ${node.name}`} onClick={() => setAsking(true)}>
            Remove
          </Button>
        </span>
      )}
      {error !== null && (
        <p role="alert" className="w-full text-small text-live">
          {failureWords(error)}
        </p>
      )}
    </li>
  );
}

/** `2`, `2.5` */
function slotWords(percent: number): string {
  return (Math.round(percent / 10) / 10).toString();
}
