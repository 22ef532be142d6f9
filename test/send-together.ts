import { type ClientRequest, request as open } from 'node:http';

export interface RacingRequest {
  /** Address of the process that is asked. */
  url: string;
  path: string;
  token?: string;
  headers?: Record<string, string>;
  /** Sent as JSON. */
  body: unknown;
}

export interface RacingAnswer {
  /** 0 when no answer came. */
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: the tests assert on what they read.
  body: any;
}

const ANSWER_MS = 60_000;

/**
 * Sends POSTs that arrive at one instant: each on a connection of its own, all but the last byte ahead, and then the
 * last bytes together. Answers come in the order given.
 */
export async function sendTogether(requests: readonly RacingRequest[]): Promise<RacingAnswer[]> {
  const racing = requests.map(prepare);
  await Promise.all(racing.map(({ isAhead }) => isAhead));
  for (const { finish } of racing) finish();
  return await Promise.all(racing.map(({ answer }) => answer));
}

function prepare({ url, path, token, headers, body }: RacingRequest) {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const request = open(new URL(path, url), {
    method: 'POST',
    agent: false,
    timeout: ANSWER_MS,
    headers: {
      'content-type': 'application/json',
      'content-length': bytes.length,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
  });
  request.on('timeout', () => request.destroy());
  const answer = answerOf(request);
  return {
    isAhead: Promise.race([new Promise((resolve) => request.write(bytes.subarray(0, -1), resolve)), answer]),
    finish: () => request.end(bytes.subarray(-1)),
    answer,
  };
}

function answerOf(request: ClientRequest): Promise<RacingAnswer> {
  return new Promise((resolve) => {
    const none = () => resolve({ status: 0, headers: {}, text: '', body: undefined });
    request.on('error', none);
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('error', none);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: parse(text) }),
      );
    });
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
