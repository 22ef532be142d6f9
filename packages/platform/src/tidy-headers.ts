import { ServerResponse } from 'node:http';

const WITHOUT_CHARSET = /^(text\/(html|css|plain)|application\/json)$/;
// Tells everybody when the pages were built.
const TELLING = 'x-sveltekit-version';

/** Lets text that the page framework gives out say its charset, and keeps what it says of itself. */
export function tidyHeaders(response: ServerResponse): void {
  response.setHeader = function setHeader(name, value) {
    const known = name.toLowerCase();
    if (known === TELLING) return this;
    const isBare = known === 'content-type' && WITHOUT_CHARSET.test(String(value));
    return ServerResponse.prototype.setHeader.call(this, name, isBare ? `${value}; charset=utf-8` : value);
  };
}
