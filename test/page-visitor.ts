/** Somebody with a browser that knows forms, cookies and redirects, and no script. */
export interface Visitor {
  get(url: string): Promise<VisitedPage>;
  /** Sends a form as the page at `url` would; `headers` win over what a browser would send. */
  post(url: string, fields?: Record<string, string>, headers?: Record<string, string>): Promise<VisitedPage>;
  /** The cookies that `url` would be sent. */
  cookiesFor(url: string): Map<string, string>;
}

export interface VisitedPage {
  /** Where the redirects ended. */
  url: string;
  status: number;
  headers: Headers;
  html: string;
  /** Every address on the way, the last included. */
  way: string[];
}

interface Cookie {
  host: string;
  path: string;
  name: string;
  value: string;
}

const MOST_REDIRECTS = 10;

/** A browser with an empty cookie jar. */
export function createVisitor(): Visitor {
  let jar: Cookie[] = [];

  function cookiesFor(url: string): Map<string, string> {
    const { hostname, pathname } = new URL(url);
    const sent = jar.filter((cookie) => cookie.host === hostname && pathname.startsWith(cookie.path));
    return new Map(sent.map(({ name, value }) => [name, value]));
  }

  function keep(url: string, line: string): void {
    const [pair = '', ...attributes] = line.split(';');
    const [name = '', value = ''] = pair.trim().split(/=(.*)/s);
    const path = /path=([^;]+)/i.exec(attributes.join(';'))?.[1] ?? '/';
    const host = new URL(url).hostname;
    jar = jar.filter((cookie) => cookie.host !== host || cookie.path !== path || cookie.name !== name);
    if (!/max-age=0|1970/i.test(attributes.join(';'))) jar.push({ host, path, name, value });
  }

  async function visit(start: string, first: RequestInit): Promise<VisitedPage> {
    const way: string[] = [];
    let url = start;
    let init = first;
    while (way.length < MOST_REDIRECTS) {
      way.push(url);
      const cookie = [...cookiesFor(url)].map(([name, value]) => `${name}=${value}`).join('; ');
      const response = await fetch(url, {
        ...init,
        redirect: 'manual',
        headers: { accept: 'text/html', ...(cookie && { cookie }), ...init.headers },
      });
      for (const line of response.headers.getSetCookie()) keep(url, line);
      const html = await response.text();
      const location = response.headers.get('location');
      if (location === null) return { url, status: response.status, headers: response.headers, html, way };
      url = new URL(location, url).href;
      init = {};
    }
    throw new Error(`too many redirects:\n${way.join('\n')}`);
  }

  return {
    cookiesFor,
    get: (url) => visit(url, {}),
    post: (url, fields = {}, headers = {}) =>
      visit(url, {
        method: 'POST',
        body: new URLSearchParams(fields),
        headers: { origin: new URL(url).origin, 'sec-fetch-site': 'same-origin', ...headers },
      }),
  };
}

/** The text a reader sees, without markup. */
export function textOf(html: string): string {
  const main = /<main[\s\S]*<\/main>/.exec(html)?.[0] ?? html;
  return main
    .replaceAll(/<!--[\s\S]*?-->/g, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ([.,)])/g, '$1')
    .trim();
}
