'use client';

import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { AuditEntryView } from '../../server/audit/list-audit-entries';
import { failureWords } from '../_client/failure-words';
import { useTRPCClient } from '../_client/trpc';
import { Button } from '../_ui/button';
import { EmptyState } from '../_ui/empty-state';
import { LocalTime } from '../_ui/local-time';
import { actorWords, actWords, detailWords } from './act-words';

/** As many as one answer holds: a full one may have more after it. */
const pageLength = 50;

/** Who did what and why, newest first. It can be read and nothing else. */
export function AuditLog({ initial }: { initial: AuditEntryView[] }) {
  const client = useTRPCClient();
  const [earlier, setEarlier] = useState<AuditEntryView[]>([]);
  const [isAll, setAll] = useState(initial.length < pageLength);
  const entries = [...initial, ...earlier.filter(({ id }) => id < (initial.at(-1)?.id ?? 0))];
  const more = useMutation({
    mutationFn: (before: number) => client.admin.auditLog.query({ before }),
    onSuccess: (found) => {
      setEarlier([...earlier, ...found]);
      setAll(found.length < pageLength);
    },
  });
  const oldest = entries.at(-1);
  if (oldest === undefined) {
    return <EmptyState title="Nothing was done yet">What operators do is kept here for good.</EmptyState>;
  }
  return (
    <div className="flex flex-col gap-3">
      <ol>
        {entries.map((entry) => (
          <li key={entry.id} className="border-t border-line py-3">
            <p className="wrap-anywhere">
              <span className="font-semibold">{actorWords(entry)}</span> {actWords(entry)}
            </p>
            <p className="text-small wrap-anywhere text-text-3">
              <LocalTime date={entry.at} show="day-and-time" capital />
              {detailWords(entry)}
            </p>
          </li>
        ))}
      </ol>
      {!isAll && (
        <Button className="self-start" disabled={more.isPending} onClick={() => more.mutate(oldest.id)}>
          Earlier entries
        </Button>
      )}
      {more.error !== null && (
        <p role="alert" className="text-live">
          {failureWords(more.error)}
        </p>
      )}
    </div>
  );
}
