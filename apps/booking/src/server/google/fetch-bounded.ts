import type { CustomFetch } from 'openid-client';

/** What a provider of sign-ins has to say fits into a few kilobytes. */
const MOST_BYTES = 256 * 1024;

/** `fetch` that reads no more than it should: whoever answers without end is cut off, as whoever is too slow. */
export const fetchBounded: CustomFetch = async (url, options) => {
  const response = await fetch(url, options as RequestInit);
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.byteLength;
    // Leaving the loop closes the connection.
    if (bytes > MOST_BYTES) throw new Error(`${new URL(url).pathname} answers more than ${MOST_BYTES} bytes`);
    parts.push(part);
  }
  const { status, headers } = response;
  return new Response(parts.length > 0 ? Buffer.concat(parts) : null, { status, headers });
};
