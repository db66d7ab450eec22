import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { getCaller } from '../../../server/trpc/caller';
import { foundOrNull } from '../../_client/found-or-null';
import { LocalTime } from '../../_ui/local-time';
import { NarrowPage } from '../../_ui/narrow-page';
import { Prose } from '../../_ui/prose';

export const metadata: Metadata = { title: 'Deletion of data', robots: { index: false } };

type DataDeletionPageProps = { params: Promise<{ code: string }> };

/** Where Facebook sends people who had their data deleted. Whoever has the code learns the fact, and not whose it was. */
export default async function DataDeletionPage({ params }: DataDeletionPageProps) {
  const caller = await getCaller();
  const deletion = await foundOrNull(caller.users.dataDeletion({ code: (await params).code }));
  if (deletion === null) {
    notFound();
  }
  return (
    <NarrowPage title="The data is deleted">
      <Prose>
        <p>
          Facebook asked for it <LocalTime date={deletion.requestedAt} show="day-and-time" />, and it was carried out at
          once: the account, if there was one, with its streams, recordings, sessions and tokens. Its chat lines have
          lost name and words.
        </p>
        <p>
          A recording that lies on a server that is switched off is deleted as soon as that server is back; nobody can
          play it until then.
        </p>
      </Prose>
    </NarrowPage>
  );
}
