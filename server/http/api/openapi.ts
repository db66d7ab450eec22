import { z } from 'zod';
import { errorTable } from '../../errors';
import type { Route } from '../route';
import type { ApiDescription } from './api-description';

type Json = Record<string, unknown>;
type Components = Map<string, unknown>;

const definitionsPath = '#/$defs/';
const componentsPath = '#/components/schemas/';

/** The JSON Schema of a zod schema (OpenAPI 3.1 takes draft 2020-12); schemas with an id become components. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', components: Components): Json {
  const { $schema: _, ...document } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  const { $defs, ...own } = JSON.parse(
    JSON.stringify(document).replaceAll(`"${definitionsPath}`, `"${componentsPath}`),
  );
  for (const [id, definition] of Object.entries($defs ?? {})) {
    components.set(id, definition);
  }
  if (typeof own.id === 'string') {
    const { id, ...definition } = own;
    components.set(id, definition);
    return { $ref: `${componentsPath}${id}` };
  }
  return own;
}

function parametersOf(description: ApiDescription, components: Components): Json[] {
  const parameters: Json[] = [];
  for (const [place, schema] of [
    ['path', description.params],
    ['query', description.query],
  ] as const) {
    for (const [name, field] of Object.entries(schema?.shape ?? {})) {
      const isRequired = place === 'path' || !field.safeParse(undefined).success;
      parameters.push({ name, in: place, required: isRequired, schema: schemaOf(field, 'input', components) });
    }
  }
  if (description.isIdempotent) {
    const use = 'The same key with the same request within 24 hours makes nothing new and gets the first answer';
    const schema = { type: 'string', minLength: 1, maxLength: 255 };
    parameters.push({ name: 'Idempotency-Key', in: 'header', required: false, description: use, schema });
  }
  return parameters;
}

const json = (schema: unknown) => ({ 'application/json': { schema } });

const limitHeaderRefs = Object.fromEntries(
  ['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'].map((name) => [
    name,
    { $ref: `#/components/headers/${name}` },
  ]),
);

/** What can go wrong, by what the call needs. */
function faultStatuses({ caller, params, body, isIdempotent }: ApiDescription): number[] {
  const statuses = new Set<number>([errorTable.bad_request.status, errorTable.too_many_requests.status]);
  statuses.add(errorTable.unauthorized.status);
  if (caller !== 'anyone') {
    statuses.add(errorTable.forbidden.status);
  }
  if (params !== undefined || body !== undefined) {
    statuses.add(errorTable.not_found.status);
  }
  if (caller !== 'anyone' || isIdempotent) {
    statuses.add(errorTable.conflict.status);
  }
  if (body !== undefined) {
    statuses.add(errorTable.payload_too_large.status);
  }
  if (isIdempotent) {
    statuses.add(errorTable.no_node_available.status);
  }
  return [...statuses].sort((one, other) => one - other);
}

function operationOf(route: Route, description: ApiDescription, components: Components): Json {
  const { summary, tag, caller, surface, body, answer } = description;
  const wrapped = wrap(surface.answerBody('data'), schemaOf(answer, 'output', components));
  const fault = surface.errorBody({ status: 400, code: 'bad_request', message: 'name: at most 120 characters' });
  const refusals = faultStatuses(description).map((status) => [
    String(status),
    {
      description: nameOfStatus(status),
      headers: limitHeaderRefs,
      content: json({ ...typeOf(fault), examples: [fault] }),
    },
  ]);
  return {
    summary,
    description: `For: ${caller}.`,
    operationId: `${route.method.toLowerCase()}${route.path.replace(/[^a-z]+(\w)/gi, (_, letter) => letter.toUpperCase())}`,
    tags: [tag],
    // An empty requirement: the call may be made without any.
    security: [...(caller === 'anyone' ? [{}] : []), { token: [] }, { session: [] }],
    parameters: parametersOf(description, components),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: json(schemaOf(body, 'input', components)) } }),
    responses: {
      [String(description.status ?? 200)]: {
        description: 'done',
        headers: limitHeaderRefs,
        content: json(wrapped),
      },
      ...Object.fromEntries(refusals),
    },
  };
}

/** The schema of a surface's wrapping, found by wrapping the word `data` in it. */
function wrap(sample: unknown, data: Json): Json {
  if (sample === 'data') {
    return data;
  }
  if (typeof sample !== 'object' || sample === null) {
    return { const: sample };
  }
  const entries = Object.entries(sample).map(([name, value]) => [name, wrap(value, data)]);
  return { type: 'object', properties: Object.fromEntries(entries), required: Object.keys(sample) };
}

function typeOf(sample: unknown): Json {
  if (typeof sample !== 'object' || sample === null) {
    return { type: sample === null ? 'null' : typeof sample };
  }
  const entries = Object.entries(sample).map(([name, value]) => [name, typeOf(value)]);
  return { type: 'object', properties: Object.fromEntries(entries), required: Object.keys(sample) };
}

function nameOfStatus(status: number): string {
  const code = Object.entries(errorTable).find(([, row]) => row.status === status)?.[0] ?? 'error';
  return code.replaceAll('_', ' ');
}

const pathOf = (route: Route) => `${route.path.replace(/:(\w+)/g, '{$1}')}/`;

/** The OpenAPI 3.1 document of the routes that are described. */
export function openApiDocument(routes: Route[], publicUrl: string): Json {
  const components: Components = new Map();
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    if (route.description !== undefined) {
      const path = pathOf(route);
      const operation = operationOf(route, route.description, components);
      paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation };
    }
  }
  const header = (description: string) => ({ description, schema: { type: 'integer' } });
  return {
    openapi: '3.1.0',
    info: {
      title: 'zyzz',
      version: '1',
      description:
        'Every path works with and without its trailing slash. Ids in paths are public ids; the numbers of ' +
        '`creator_id`, `stream_server_id` and `event_id` are taken in their place. Lists begin with the newest, ' +
        'and name their next page in a `Link` header.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: publicUrl }],
    paths,
    components: {
      schemas: Object.fromEntries(components),
      headers: {
        'RateLimit-Limit': header('requests a minute'),
        'RateLimit-Remaining': header('requests left of them'),
        'RateLimit-Reset': header('seconds until they are all there again'),
      },
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'a personal API token, or the operator token' },
        session: { type: 'apiKey', in: 'cookie', name: 'next-auth.session-token' },
      },
    },
  };
}
