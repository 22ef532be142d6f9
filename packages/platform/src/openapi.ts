import { z } from 'zod';
import type { ApiRoute } from './api-route.ts';
import { statusOf } from './problem.ts';

type Schema = Record<string, unknown>;

interface DocumentedApi<Callers> {
  title: string;
  version: string;
  description: string;
  routes: readonly ApiRoute<Callers>[];
  statuses: Readonly<Record<string, number>>;
}

const PROBLEM: Schema = {
  type: 'object',
  required: ['type', 'code', 'title', 'status', 'detail', 'instance'],
  properties: {
    type: { type: 'string' },
    code: { type: 'string', description: 'What programs read; stable.' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'A sentence that helps.' },
    instance: { type: 'string', description: 'The id of the request, as in the log.' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'detail'],
        properties: { pointer: { type: 'string' }, detail: { type: 'string' } },
      },
    },
  },
};

const ON_LIMITS =
  'A refusal with 429 says by which limit and for how long: `RateLimit-Policy` and `RateLimit` (structured fields), `Retry-After`.';

const LIMIT_HEADERS: Schema = {
  'Retry-After': { description: 'Seconds until the next try.', schema: { type: 'integer', minimum: 1 } },
  RateLimit: {
    description: 'The limit that is used up, and the same seconds: `"api-token";r=0;t=12`.',
    schema: { type: 'string' },
  },
  'RateLimit-Policy': {
    description: 'How many requests it allows in how many seconds: `"api-token";q=600;w=60`.',
    schema: { type: 'string' },
  },
};

const SIGNATURE: Schema = {
  type: 'apiKey',
  in: 'header',
  name: 'webhook-signature',
  description: 'Standard Webhooks: with `webhook-id` and `webhook-timestamp`, over the raw bytes of the body.',
};

/** The OpenAPI 3.1 description of a route table. Its schemas are the ones requests are checked against. */
export function openApiDocument<Callers>(api: DocumentedApi<Callers>): Schema {
  const paths: Record<string, Record<string, Schema>> = {};
  for (const route of api.routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: operation(route, api.statuses) };
  }
  const schemas: Schema = { Problem: PROBLEM };
  return {
    openapi: '3.1.0',
    info: { title: api.title, version: api.version, description: `${api.description} ${ON_LIMITS}` },
    paths: moveDefinitions(paths, schemas),
    components: {
      schemas,
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        ...(api.routes.some(isSigned) && { signature: SIGNATURE }),
      },
    },
  };
}

/** A named schema is defined where it is used; in one document all are defined in one place. */
function moveDefinitions(paths: unknown, schemas: Schema): unknown {
  return JSON.parse(JSON.stringify(paths), (key, value) => {
    if (key === '$ref' && typeof value === 'string') return value.replace(/^#\/\$defs\//, '#/components/schemas/');
    if (key !== '$defs') return value;
    Object.assign(schemas, value);
    return undefined;
  });
}

function isSigned<Callers>(route: ApiRoute<Callers>): boolean {
  return route.caller === 'signature';
}

function operation<Callers>(route: ApiRoute<Callers>, statuses: Readonly<Record<string, number>>): Schema {
  const byBearer = route.caller !== 'anyone' && !isSigned(route);
  return {
    operationId: operationId(route),
    tags: [route.tag],
    summary: route.summary,
    description: [
      route.description,
      `Who: ${String(route.caller)}.`,
      route.scope !== undefined && `An access token needs \`${route.scope}\`.`,
    ]
      .filter(Boolean)
      .join('\n\n'),
    ...(byBearer && { security: [{ bearer: route.scope === undefined ? [] : [route.scope] }] }),
    ...(isSigned(route) && { security: [{ signature: [] }] }),
    ...parameters(route),
    ...requestBody(route.body ?? route.signedBody),
    responses: { ...success(route), ...refusals(route, statuses, byBearer) },
  };
}

function requestBody(schema: z.ZodType | undefined): Schema {
  if (!schema) return {};
  return { requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(schema, 'input') } } } };
}

function parameters<Callers>(route: ApiRoute<Callers>): Schema {
  const list = [
    ...describe(route.params, 'path'),
    ...describe(route.query, 'query'),
    ...(route.idempotent
      ? [
          {
            name: 'Idempotency-Key',
            in: 'header',
            required: false,
            description: 'The same key with the same request gets the first answer again for 24 hours.',
            schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
          },
        ]
      : []),
  ];
  return list.length > 0 ? { parameters: list } : {};
}

function describe(schema: z.ZodObject | undefined, place: 'path' | 'query'): Schema[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = jsonSchema(schema, 'input') as {
    properties?: Record<string, Schema>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: property,
  }));
}

function success<Callers>(route: ApiRoute<Callers>): Schema {
  const { status, schema, description, contentType } = route.success;
  const described = schema ? jsonSchema(schema, 'output') : contentType && { type: 'string' };
  return {
    [status]: {
      description,
      ...(described && { content: { [contentType ?? 'application/json']: { schema: described } } }),
    },
  };
}

function refusals<Callers>(
  route: ApiRoute<Callers>,
  statuses: Readonly<Record<string, number>>,
  byBearer: boolean,
): Schema {
  const codesByStatus = new Map<number, string[]>();
  const add = (status: number, code: string) =>
    codesByStatus.set(status, [...new Set([...(codesByStatus.get(status) ?? []), code])]);
  add(400, 'bad-request');
  // A bearer that is sent and does not hold is refused everywhere.
  add(401, 'unauthenticated');
  if (byBearer) add(403, 'forbidden');
  if (route.params) add(404, 'not-found');
  // A body that comes with a question is not read.
  if (route.method !== 'get') add(413, 'payload-too-large');
  if (route.body) {
    add(415, 'unsupported-media-type');
    add(422, 'invalid');
  }
  // Whoever signs is no stranger, and counted where the route says so.
  if (!isSigned(route)) add(429, 'too-many-requests');
  add(503, 'unavailable');
  for (const code of route.refusals ?? []) {
    const status = statusOf(code, statuses);
    if (status === undefined)
      throw new Error(`${route.method} ${route.path} refuses with ${code}, which has no status`);
    add(status, code);
  }
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  return Object.fromEntries(
    [...codesByStatus]
      .sort(([a], [b]) => a - b)
      .map(([status, codes]) => [
        status,
        { description: codes.join(', '), ...(status === 429 && { headers: LIMIT_HEADERS }), content },
      ]),
  );
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Schema {
  const { $schema: _, ...described } = z.toJSONSchema(schema, { io, unrepresentable: 'any', target: 'draft-2020-12' });
  return described;
}

function operationId<Callers>(route: ApiRoute<Callers>): string {
  const words = route.path
    .replace(/^\/api\/v1\//, '')
    .split(/[/{}-]+/)
    .filter(Boolean);
  return [route.method, ...words]
    .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('');
}
