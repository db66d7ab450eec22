import { expect, test } from 'vitest';
import { auditActions } from '../../db/schema/audit';
import { actorWords, actWords, detailWords } from './act-words';

const person = { id: 'usr_7HqK2mNpRtXa', name: 'Asha' };
const nobody = { subjectName: null, subjectId: null, detail: {} };

test('every act is told in a sentence that names who, what and why', () => {
  const kill = {
    action: 'stream.kill' as const,
    subjectName: 'From the tower',
    subjectId: 'str_1',
    detail: { reason: 'Not theirs' },
  };
  expect(
    `${actorWords({ actor: person, via: 'session' })} ${actWords(kill)}${detailWords({ ...kill, via: 'token' })}`,
  ).toBe('Asha ended the stream From the tower, “Not theirs”, by an API token');
  for (const action of auditActions) {
    expect(actWords({ ...nobody, action })).toMatch(/^[a-z]+ .+/);
  }
});

test('one whose account is gone has no name, and what is no person is called what it is', () => {
  expect(actorWords({ actor: null, via: 'session' })).toBe('Someone who left');
  expect(actorWords({ actor: null, via: 'operator-token' })).toBe('The operator token');
  expect(actWords({ ...nobody, action: 'user.role', detail: { to: 'operator' } })).toBe(
    'made someone who left an operator',
  );
  expect(actWords({ ...nobody, action: 'node.remove', subjectId: 'nod_1', detail: { name: 'north' } })).toBe(
    'removed the node north',
  );
});
