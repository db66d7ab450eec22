import { z } from 'zod';
import { getNode } from '../../nodes/get-node';
import { listNodes } from '../../nodes/list-nodes';
import { RegisterNodeInput } from '../../nodes/node-inputs';
import type { NodeView } from '../../nodes/node-view';
import { registerNode } from '../../nodes/register-node';
import { removeNode } from '../../nodes/remove-node';
import { requestDrain } from '../../nodes/request-drain';
import type { OperationContext } from '../../operation-context';
import type { Route } from '../route';
import { apiRoute } from './api-route';
import { ApiTime, apiTime } from './api-values';
import { IdReference, publicIdOf } from './id-reference';
import type { ApiDeps } from './limited-answer';
import { nextPageHeader, PageQuery, pageRequest } from './paging';

const ApiStreamServer = z
  .object({
    id: z.string(),
    key: z.int().describe('the number that `stream_server_id` carries'),
    name: z.string(),
    host_name: z.string(),
    internal_ip: z.string(),
    external_ip: z.string(),
    public_url: z.string().describe('where publishers and viewers reach it; empty until it has reported'),
    state: z
      .enum(['registered', 'alive', 'draining', 'suspect'])
      .describe('registered: it has never reported; suspect: not for some seconds'),
    capacity: z.object({ encoder_slots: z.int(), viewers: z.int() }),
    publishers: z.int(),
    viewers: z.int(),
    last_heartbeat_at: ApiTime,
    created_at: ApiTime,
  })
  .meta({ id: 'StreamServer' });

function apiStreamServer(node: NodeView): z.input<typeof ApiStreamServer> {
  return {
    id: node.id,
    key: node.key,
    name: node.name,
    host_name: node.hostName,
    internal_ip: node.internalAddress,
    external_ip: node.externalAddress,
    public_url: node.publicUrl,
    state: node.state,
    capacity: { encoder_slots: node.encoderSlots, viewers: node.viewerCapacity },
    publishers: node.publishers,
    viewers: node.viewers,
    last_heartbeat_at: apiTime(node.lastSeenAt),
    created_at: apiTime(node.createdAt),
  };
}

const { name, hostName, internalAddress, externalAddress } = RegisterNodeInput.shape;
const NewStreamServer = z.object({
  name,
  host_name: hostName,
  internal_ip: internalAddress,
  external_ip: externalAddress,
});

const ServerParams = z.object({ id: IdReference });

/** What all of them are: for operators, and told apart from the rest in the document. */
const common = { tag: 'stream servers', caller: 'operator' } as const;

/** Stream servers: what the rest of the product calls stream nodes. */
export function streamServerRoutes(deps: ApiDeps): Route[] {
  const path = '/api/streamserver';
  /** A call about one of them, which answers with what it is then. */
  const one = (
    call: { method: 'GET' | 'POST'; path: string; summary: string },
    operation: (context: OperationContext, input: { nodeId: string }) => Promise<NodeView>,
  ) =>
    apiRoute(deps, {
      ...common,
      ...call,
      params: ServerParams,
      answer: ApiStreamServer,
      handle: async ({ context, params }) => {
        const nodeId = await publicIdOf(context.db, 'node', params.id);
        return { data: apiStreamServer(await operation(context, { nodeId })) };
      },
    });
  return [
    apiRoute(deps, {
      ...common,
      method: 'POST',
      path,
      summary: 'Register a stream server by hand',
      body: NewStreamServer,
      answer: ApiStreamServer,
      status: 201,
      isIdempotent: true,
      handle: async ({ context, body }) => {
        const node = await registerNode(context, {
          name: body.name,
          hostName: body.host_name,
          internalAddress: body.internal_ip,
          externalAddress: body.external_ip,
        });
        return { data: apiStreamServer(node) };
      },
    }),
    apiRoute(deps, {
      ...common,
      method: 'GET',
      path,
      summary: 'The stream servers, newest first',
      query: PageQuery,
      answer: z.array(ApiStreamServer),
      handle: async ({ context, query, request }) => {
        const page = pageRequest(query);
        const nodes = await listNodes(context, page);
        return { data: nodes.map(apiStreamServer), headers: nextPageHeader(request, page, nodes) };
      },
    }),
    one({ method: 'GET', path: `${path}/:id`, summary: 'One stream server' }, getNode),
    one({ method: 'POST', path: `${path}/:id/drain`, summary: 'Give it no new streams' }, requestDrain),
    apiRoute(deps, {
      ...common,
      method: 'DELETE',
      path: `${path}/:id`,
      summary: 'Remove one that is empty and gone',
      params: ServerParams,
      answer: z.object({ id: z.string() }),
      handle: async ({ context, params }) => {
        const { nodeId } = await removeNode(context, { nodeId: await publicIdOf(context.db, 'node', params.id) });
        return { data: { id: nodeId } };
      },
    }),
  ];
}
