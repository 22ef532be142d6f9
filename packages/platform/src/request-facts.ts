/** What the HTTP server tells whoever answers about a request; see `http-server.ts`. */
export interface RequestFacts {
  requestId: string;
  network: string;
  /** Told the route's template, for metrics. */
  onRoute?: (template: string) => void;
}
