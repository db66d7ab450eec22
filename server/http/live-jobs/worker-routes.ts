import { z } from 'zod';
import { getNode } from '../../nodes/get-node';
import { listNodes } from '../../nodes/list-nodes';
import type { NodeView } from '../../nodes/node-view';
import { apiRoute } from '../api/api-route';
import { IdReference, publicIdOf } from '../api/id-reference';
import type { ApiDeps } from '../api/limited-answer';
import { nextPageHeader, PageQuery, pageRequest } from '../api/paging';
import type { Route } from '../route';
import { jobSurface } from './job-surface';

const ApiWorker = z
  .object({
    Id: z.string(),
    Name: z.string(),
    Host_name: z.string(),
    Url: z.string().describe('where players reach it'),
    State: z
      .enum(['registered', 'alive', 'draining', 'suspect'])
      .describe('registered: it has never reported; suspect: not for some seconds'),
    Encoder_slots: z.int(),
    Viewer_capacity: z.int(),
    Publishers: z.int(),
    Viewers: z.int(),
    Time_last_heartbeat_ms: z.int().describe('Unix time in milliseconds; 0: none'),
  })
  .meta({ id: 'Worker' });

const apiWorker = (node: NodeView): z.input<typeof ApiWorker> => ({
  Id: node.id,
  Name: node.name,
  Host_name: node.hostName,
  Url: node.publicUrl,
  State: node.state,
  Encoder_slots: node.encoderSlots,
  Viewer_capacity: node.viewerCapacity,
  Publishers: node.publishers,
  Viewers: node.viewers,
  Time_last_heartbeat_ms: node.lastSeenAt?.getTime() ?? 0,
});

/** Workers: what the rest of the product calls stream nodes. */
export function workerRoutes(deps: ApiDeps): Route[] {
  const all = { surface: jobSurface, tag: 'live jobs', caller: 'operator', method: 'GET' } as const;
  return [
    apiRoute(deps, {
      ...all,
      path: '/workers',
      summary: 'The workers, newest first',
      query: PageQuery,
      answer: z.array(ApiWorker),
      handle: async ({ context, query, request }) => {
        const page = pageRequest(query);
        const nodes = await listNodes(context, page);
        return { data: nodes.map(apiWorker), headers: nextPageHeader(request, page, nodes) };
      },
    }),
    apiRoute(deps, {
      ...all,
      path: '/workers/:id',
      summary: 'One worker',
      params: z.object({ id: IdReference }),
      answer: ApiWorker,
      handle: async ({ context, params }) => {
        const nodeId = await publicIdOf(context.db, 'node', params.id);
        return { data: apiWorker(await getNode(context, { nodeId })) };
      },
    }),
  ];
}
