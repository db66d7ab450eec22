import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import type { StreamView } from '../../../server/streams/stream-view';
import { getCaller } from '../../../server/trpc/caller';
import { isOnAir } from '../../../stream-node/contract/stream-state';
import { foundOrNull } from '../../_client/found-or-null';
import { Avatar } from '../../_ui/avatar';
import { clockLength } from '../../_ui/day-words';
import { EmptyState } from '../../_ui/empty-state';
import { countWords, listeningWords } from '../../_ui/listening-words';
import { LiveChip } from '../../_ui/live-chip';
import { LocalTime } from '../../_ui/local-time';
import { PageFrame } from '../../_ui/page-frame';
import { voiceWords } from '../../_ui/voice-words';

type UserPageProps = { params: Promise<{ id: string }> };

export async function generateMetadata({ params }: UserPageProps): Promise<Metadata> {
  const caller = await getCaller();
  const user = await foundOrNull(caller.users.get({ userId: (await params).id }));
  return user === null
    ? { title: 'No such person' }
    : { title: user.name, description: user.description || `${user.name} on zyzz` };
}

/** What is said beside a stream: that it is live and how many listen, or how long its recording is. */
function StreamNote({ stream }: { stream: StreamView }) {
  if (isOnAir(stream.state)) {
    return (
      <span className="flex shrink-0 items-center gap-3">
        <span className="text-small whitespace-nowrap text-text-2">{listeningWords(stream.viewers)}</span>
        <LiveChip />
      </span>
    );
  }
  return stream.hasRecording ? <span className="text-text-2">{clockLength(stream.recordingSeconds)}</span> : null;
}

function StreamRow({ stream }: { stream: StreamView }) {
  return (
    <li className="relative flex min-h-16 items-center gap-4 border-t border-line py-3">
      <span className="min-w-0 grow">
        <Link
          href={`/watch/${stream.id}`}
          className="block truncate text-lead font-semibold after:absolute after:inset-0 after:rounded-button"
        >
          {stream.name}
        </Link>
        <span className="block truncate text-small text-text-2">
          {voiceWords(stream)} · <LocalTime date={stream.startedAt ?? stream.createdAt} show="day" />
        </span>
      </span>
      <StreamNote stream={stream} />
    </li>
  );
}

function Streams({ id, title, streams }: { id: string; title: string; streams: StreamView[] }) {
  return (
    <section aria-labelledby={id}>
      <h2 id={id} className="mb-3 text-section">
        {title}
      </h2>
      <ul>
        {streams.map((stream) => (
          <StreamRow key={stream.id} stream={stream} />
        ))}
      </ul>
    </section>
  );
}

export default async function UserPage({ params }: UserPageProps) {
  const caller = await getCaller();
  const user = await foundOrNull(caller.users.get({ userId: (await params).id }));
  if (user === null) {
    notFound();
  }
  const onAir = user.streams.filter(({ state }) => isOnAir(state));
  const over = user.streams.filter(({ state }) => !isOnAir(state));
  const recordings = over.filter(({ hasRecording }) => hasRecording);
  const others = over.filter(({ hasRecording }) => !hasRecording);
  return (
    <PageFrame>
      <div className="mx-auto flex max-w-2xl flex-col gap-7 px-3 pt-4 pb-10 sm:px-5 sm:pt-8">
        <header className="flex items-start gap-5 sm:items-center">
          <Avatar person={user} size={96} />
          <div className="min-w-0">
            <h1 className="text-title wrap-anywhere">{user.name}</h1>
            {user.description !== '' && (
              <p className="mt-1 wrap-anywhere whitespace-pre-wrap text-text-2">{user.description}</p>
            )}
            <dl className="mt-2 flex gap-5 text-text-2">
              <div className="flex gap-1.5">
                <dd className="font-semibold text-text">{countWords(user.published)}</dd>
                <dt>{user.published === 1 ? 'broadcast' : 'broadcasts'}</dt>
              </div>
              <div className="flex gap-1.5">
                <dd className="font-semibold text-text">{countWords(user.subscribed)}</dd>
                <dt>joined</dt>
              </div>
            </dl>
          </div>
        </header>
        {user.streams.length === 0 && (
          <section aria-labelledby="streams">
            <h2 id="streams" className="sr-only">
              Broadcasts
            </h2>
            <EmptyState title="Not on air yet">When {user.name} calls a match, it can be heard here.</EmptyState>
          </section>
        )}
        {onAir.length > 0 && <Streams id="on-air" title="On air now" streams={onAir} />}
        {recordings.length > 0 && <Streams id="recordings" title="Listen again" streams={recordings} />}
        {others.length > 0 && <Streams id="others" title="Without a recording" streams={others} />}
      </div>
    </PageFrame>
  );
}
