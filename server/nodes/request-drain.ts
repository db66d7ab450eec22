import { auditActorOf, writeAuditEntry } from '../audit/write-audit-entry';
import { type OperationContext, requireOperator } from '../operation-context';
import { askNodeNow } from './ask-node-now';
import { noteDrain } from './drain-node';
import { getNode } from './get-node';
import type { DrainNodeInput } from './node-inputs';
import type { NodeView } from './node-view';

/**
 * An operator's call to drain a node, or to take that back; made again it changes nothing.
 *
 * @param input.isWanted default true
 * @throws AppError `unauthorized`, `forbidden`, `not_found`
 */
export async function requestDrain(context: OperationContext, input: DrainNodeInput): Promise<NodeView> {
  const operator = requireOperator(context);
  const { nodeId, isWanted = true } = input;
  await context.db.transaction(async (tx) => {
    await noteDrain(tx, { nodeId, isWanted });
    const action = isWanted ? 'node.drain' : 'node.undrain';
    await writeAuditEntry(tx, auditActorOf(operator), { action, subjectKind: 'node', subject: nodeId });
  });
  await askNodeNow(context, nodeId);
  return await getNode(context, { nodeId });
}
