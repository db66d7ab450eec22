import { ListAuditEntriesInput, listAuditEntries } from '../audit/list-audit-entries';
import { listNodes } from '../nodes/list-nodes';
import { DrainNodeInput, NodeIdInput } from '../nodes/node-inputs';
import { removeNode } from '../nodes/remove-node';
import { requestDrain } from '../nodes/request-drain';
import { KillStreamInput, killStream } from '../streams/kill-stream';
import { listStreamsOnAir } from '../streams/list-streams-on-air';
import { ListPeopleInput, listPeople } from '../users/list-people';
import { SetRoleInput, setRole } from '../users/set-role';
import { procedure, router } from './init';

const nodesMax = 200;

/** What operators do; that they are one is decided in each operation. */
export const adminRouter = router({
  nodes: procedure.query(({ ctx }) => listNodes(ctx, { limit: nodesMax, beforeKey: null })),
  drainNode: procedure.input(DrainNodeInput).mutation(({ ctx, input }) => requestDrain(ctx, input)),
  removeNode: procedure.input(NodeIdInput).mutation(({ ctx, input }) => removeNode(ctx, input)),
  streamsOnAir: procedure.query(({ ctx }) => listStreamsOnAir(ctx)),
  killStream: procedure.input(KillStreamInput).mutation(({ ctx, input }) => killStream(ctx, input)),
  people: procedure.input(ListPeopleInput).query(({ ctx, input }) => listPeople(ctx, input)),
  setRole: procedure.input(SetRoleInput).mutation(({ ctx, input }) => setRole(ctx, input)),
  auditLog: procedure.input(ListAuditEntriesInput).query(({ ctx, input }) => listAuditEntries(ctx, input)),
});
