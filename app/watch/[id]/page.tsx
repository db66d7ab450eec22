import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { serverEnv } from '../../../server/env';
import { streamShare } from '../../../server/share/stream-share';
import { getCaller } from '../../../server/trpc/caller';
import { readStream } from '../../_client/read-stream';
import { JsonLdScript } from '../../_share/json-ld-script';
import { shareMetadata } from '../../_share/share-metadata';
import { PageFrame } from '../../_ui/page-frame';
import { WatchRoom } from './watch-room';

type WatchPageProps = { params: Promise<{ id: string }> };

export async function generateMetadata({ params }: WatchPageProps): Promise<Metadata> {
  const found = await readStream((await params).id);
  if (found === null) {
    return { title: 'No such stream' };
  }
  return shareMetadata(streamShare(found.stream, found.event, serverEnv().publicUrl));
}

export default async function WatchPage({ params }: WatchPageProps) {
  const found = await readStream((await params).id);
  if (found === null) {
    notFound();
  }
  const { stream, event } = found;
  const { publicUrl } = serverEnv();
  const caller = await getCaller();
  const streams = await caller.streams.listForEvent({ eventId: event.id });
  return (
    <PageFrame>
      <JsonLdScript share={streamShare(stream, event, publicUrl)} />
      <WatchRoom event={event} stream={stream} streams={streams} publicUrl={publicUrl} />
    </PageFrame>
  );
}
