/** An application's API, asked without a port. */
export interface AskableApi {
  request(path: string, init: RequestInit): Response | Promise<Response>;
}

export interface Sent {
  token?: string | undefined;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is, instead of `body`. */
  rawBody?: string | Uint8Array<ArrayBuffer> | undefined;
  headers?: Record<string, string>;
}

export interface Received {
  status: number;
  headers: Headers;
  text: string;
  /** The JSON of the body, `undefined` when it is none. */
  json: unknown;
}

/** Sends a request and reads the whole answer; of a stream of events only that it began. */
export async function sendRequest(
  api: AskableApi,
  method: string,
  path: string,
  { token, body, rawBody, headers }: Sent = {},
): Promise<Received> {
  const sent = rawBody ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await api.request(path, {
    method: method.toUpperCase(),
    headers: {
      ...(sent !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(sent !== undefined && { body: sent }),
  });
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  if (isStream) await response.body?.cancel();
  const text = isStream ? '' : await response.text();
  return { status: response.status, headers: response.headers, text, json: parse(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
