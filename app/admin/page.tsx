import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import type { ReactNode } from 'react';
import { getCaller } from '../../server/trpc/caller';
import { requireMe } from '../_client/require-me';
import { EmptyState } from '../_ui/empty-state';
import { PageFrame } from '../_ui/page-frame';
import { AuditLog } from './audit-log';
import { NodeRow } from './node-row';
import { People } from './people';
import { StreamOnAirRow } from './stream-on-air-row';

export const metadata: Metadata = { title: 'Operators' };

function Section({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  return (
    <section aria-labelledby={id} className="min-w-0">
      <h2 id={id} className="mb-3 text-section">
        {title}
      </h2>
      {children}
    </section>
  );
}

/** What operators look after. For others there is no such page; that they may is decided in each operation. */
export default async function AdminPage() {
  const me = await requireMe('/admin');
  if (me.role !== 'operator') {
    notFound();
  }
  const { admin } = await getCaller();
  const [nodes, streams, people, entries] = await Promise.all([
    admin.nodes(),
    admin.streamsOnAir(),
    admin.people({}),
    admin.auditLog({}),
  ]);
  return (
    <PageFrame>
      <div className="mx-auto grid max-w-[1400px] gap-10 px-3 pt-4 pb-10 sm:px-5 sm:pt-6 lg:grid-cols-2">
        <h1 className="text-title lg:col-span-2">Operators</h1>
        <Section id="on-air" title="On air now">
          {streams.length === 0 ? (
            <EmptyState title="Nobody is on air">Streams stand here while they run, private ones too.</EmptyState>
          ) : (
            <ul>
              {streams.map((stream) => (
                <StreamOnAirRow key={stream.id} stream={stream} />
              ))}
            </ul>
          )}
        </Section>
        <Section id="nodes" title="Stream nodes">
          {nodes.length === 0 ? (
            <EmptyState title="No stream node">One registers itself as soon as it is started.</EmptyState>
          ) : (
            <ul>
              {nodes.map((node) => (
                <NodeRow key={node.id} node={node} />
              ))}
            </ul>
          )}
        </Section>
        <Section id="people" title="People">
          <People initial={people} myId={me.id} />
        </Section>
        <Section id="audit-log" title="Audit log">
          <AuditLog initial={entries} />
        </Section>
      </div>
    </PageFrame>
  );
}
