import type { AuditEntryView } from '../../server/audit/list-audit-entries';

/** Who did it: a person, or the way by which it came in. */
export function actorWords(entry: Pick<AuditEntryView, 'actor' | 'via'>): string {
  if (entry.actor !== null) {
    return entry.actor.name;
  }
  switch (entry.via) {
    case 'operator-token':
      return 'The operator token';
    case 'facebook':
      return 'Facebook';
    default:
      return 'Someone who left';
  }
}

/** What was done, as the rest of a sentence that begins with who did it. */
export function actWords(entry: Pick<AuditEntryView, 'action' | 'subjectName' | 'subjectId' | 'detail'>): string {
  const subject = entry.subjectName ?? entry.detail.name ?? entry.subjectId ?? 'someone who left';
  switch (entry.action) {
    case 'stream.kill':
      return `ended the stream ${subject}`;
    case 'node.register':
      return `registered the node ${subject}`;
    case 'node.drain':
      return `asked the node ${subject} to drain`;
    case 'node.undrain':
      return `let the node ${subject} take streams again`;
    case 'node.remove':
      return `removed the node ${subject}`;
    case 'user.create':
      return `made the user ${subject}`;
    case 'user.role':
      return entry.detail.to === 'operator' ? `made ${subject} an operator` : `made ${subject} a member`;
    case 'user.delete':
      return 'deleted an account';
    default:
      return entry.action satisfies never;
  }
}

/** What else is to be known: the reason that was given, and by which way it came. */
export function detailWords(entry: Pick<AuditEntryView, 'via' | 'detail'>): string {
  const reason = entry.detail.reason === undefined ? '' : `, “${entry.detail.reason}”`;
  return entry.via === 'token' ? `${reason}, by an API token` : reason;
}
