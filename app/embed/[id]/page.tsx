import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { serverEnv } from '../../../server/env';
import { readStream } from '../../_client/read-stream';
import { LogoMark } from '../../_ui/logo';
import { EmbeddedPlayer } from './embedded-player';

type EmbedPageProps = { params: Promise<{ id: string }> };

export async function generateMetadata({ params }: EmbedPageProps): Promise<Metadata> {
  const found = await readStream((await params).id);
  if (found === null) {
    return { title: 'No such stream' };
  }
  const canonical = `${serverEnv().publicUrl}/watch/${found.stream.id}`;
  return { title: `${found.stream.name}: ${found.event.name}`, alternates: { canonical }, robots: { index: false } };
}

export default async function EmbedPage({ params }: EmbedPageProps) {
  const found = await readStream((await params).id);
  if (found === null) {
    notFound();
  }
  const { stream, event } = found;
  return (
    <main className="relative min-h-dvh overflow-hidden">
      <h1 className="sr-only">
        {stream.name}: {event.name}
      </h1>
      <EmbeddedPlayer event={event} stream={stream} />
      <a
        href={`${serverEnv().publicUrl}/watch/${stream.id}`}
        target="_blank"
        rel="noopener"
        aria-label="Open on zyzz"
        className="absolute top-2 right-2 flex h-10 items-center rounded-button bg-tile px-2.5"
      >
        <LogoMark />
      </a>
    </main>
  );
}
