import { ListAuditEntriesInput, listAuditEntries } from '../audit/list-audit-entries';
import { KillStreamInput, killStream } from '../streams/kill-stream';
import { ListPeopleInput, listPeople } from '../users/list-people';
import { SetRoleInput, setRole } from '../users/set-role';
import { procedure, router } from './init';

/** What operators do; that they are one is decided in each operation. */
export const adminRouter = router({
  people: procedure.input(ListPeopleInput).query(({ ctx, input }) => listPeople(ctx, input)),
  setRole: procedure.input(SetRoleInput).mutation(({ ctx, input }) => setRole(ctx, input)),
  killStream: procedure.input(KillStreamInput).mutation(({ ctx, input }) => killStream(ctx, input)),
  auditLog: procedure.input(ListAuditEntriesInput).query(({ ctx, input }) => listAuditEntries(ctx, input)),
});
