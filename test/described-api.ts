import assert from 'node:assert/strict';
import { sign } from '@samaya/booking-notification/signature.ts';
import type { ApiRoute } from '@samaya/platform/api-route.ts';
import { z } from 'zod';
import type { JsonSchema, Special } from './from-schema.ts';
import { type AskableApi, type Received, sendRequest } from './send-request.ts';

export interface Operation {
  operationId?: string;
  summary?: string;
  security?: Record<string, string[]>[];
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: JsonSchema }> };
  responses: Record<string, { description: string; content?: Record<string, { schema?: unknown }> }>;
}

export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  schema: JsonSchema;
}

export interface OpenApi {
  openapi: string;
  info: { title: string; version: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown>; securitySchemes: Record<string, unknown> };
}

/** A route as its document describes it. */
export interface DescribedRoute {
  method: string;
  path: string;
  operation: Operation;
}

/** The document of an API, and its routes. */
export async function readDocument(api: AskableApi): Promise<{ document: OpenApi; described: DescribedRoute[] }> {
  const document = (await sendRequest(api, 'get', '/openapi.json')).json as OpenApi;
  const described = Object.entries(document.paths).flatMap(([path, byMethod]) =>
    Object.entries(byMethod).map(([method, operation]) => ({ method, path, operation })),
  );
  return { document, described };
}

/** Holds answers against the document: status, content type, code of a refusal, and every field of a body. */
export function createAnswerCheck(document: OpenApi) {
  const compiled = new Map<unknown, z.ZodType>();

  function compile(schema: unknown): z.ZodType {
    let found = compiled.get(schema);
    if (!found) {
      const whole = JSON.stringify({ ...(schema as object), $defs: document.components.schemas });
      found = z.fromJSONSchema(JSON.parse(whole.replaceAll('#/components/schemas/', '#/$defs/')));
      compiled.set(schema, found);
    }
    return found;
  }

  return (request: string, operation: Operation, { status, headers, text, json }: Received): string | undefined => {
    const documented = operation.responses[status] ?? assert.fail(`${request}: ${status} is not documented: ${text}`);
    if (status === 204) {
      assert.equal(text, '', request);
      return undefined;
    }
    const type = headers.get('content-type')?.split(';')[0] ?? '';
    const content = documented.content?.[type] ?? assert.fail(`${request}: ${type} is not documented`);
    if (type.endsWith('json')) {
      const { error } = compile(content.schema).safeParse(json);
      assert.equal(error, undefined, `${request}: ${text} ${error?.message}`);
    }
    if (status < 400) return undefined;
    const { code, status: said } = json as { code: string; status: number };
    assert.equal(said, status, request);
    assert.ok(documented.description.split(', ').includes(code), `${request}: ${status} ${code} is not documented`);
    return code;
  };
}

/** An API with what it takes to ask it everything. */
export interface DescribedApi {
  name: string;
  api: AskableApi;
  routes: Pick<ApiRoute<Record<string, unknown>>, 'method' | 'path'>[];
  document: OpenApi;
  described: DescribedRoute[];
  check: ReturnType<typeof createAnswerCheck>;
  /** Ids of rows that are there, by what stands before `{id}` in a path. */
  rows: Readonly<Record<string, number[]>>;
  special: Special;
  /** Somebody who may do everything; asked again when one has ended their own sign-in. */
  signIn(): Promise<string>;
  /** With which a route is signed. */
  secretsOf(path: string): string[];
}

export interface Wish {
  token?: string | undefined;
  id?: unknown;
  query?: Readonly<Record<string, unknown>> | undefined;
  body?: unknown;
  headers?: Readonly<Record<string, string>> | undefined;
}

const isSigned = ({ security }: Operation) => security?.some((one) => 'signature' in one) ?? false;

/** Sends what a route is asked for, signed where that is needed. */
export async function askDescribed(app: DescribedApi, route: DescribedRoute, wish: Wish): Promise<Received> {
  const { method, path, operation } = route;
  const query = new URLSearchParams(
    Object.entries(wish.query ?? {}).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  ).toString();
  const address = `${path.replace('{id}', encodeURIComponent(String(wish.id)))}${query && `?${query}`}`;
  const rawBody = wish.body === undefined ? undefined : JSON.stringify(wish.body);
  const signature = isSigned(operation)
    ? sign(method === 'get' ? `GET ${address}` : (rawBody ?? ''), {
        id: 'msg',
        secrets: app.secretsOf(path),
        now: new Date(),
      })
    : {};
  return await sendRequest(app.api, method, address, {
    token: isSigned(operation) ? undefined : wish.token,
    rawBody,
    headers: { ...signature, ...wish.headers },
  });
}

/** Names a path's `{id}` by what stands before it: `events`. */
export function idKind(path: string): string | undefined {
  return /([\w-]+)\/\{id\}/.exec(path)?.[1];
}
