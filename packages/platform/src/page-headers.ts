import { PLAIN_POLICY } from './plain-page.ts';

/**
 * Completes the headers of a page. `formsMayEndAt` is another origin where, by redirects, a form of the page may end:
 * browsers ask the form's page whether it may.
 */
export function completePageHeaders(answer: Response, { formsMayEndAt }: { formsMayEndAt?: string } = {}): Response {
  const { headers } = answer;
  const isHtml = headers.get('content-type')?.startsWith('text/html') ?? false;
  // A page that stands alone; the application's own carry a policy.
  if (isHtml && !headers.has('content-security-policy')) headers.set('content-security-policy', PLAIN_POLICY);
  // For a page an answer of 304 would carry the server's strictest policy, which browsers then keep with the page they have.
  if (isHtml) headers.delete('etag');
  // Pages say who is signed in.
  if (!headers.has('cache-control')) headers.set('cache-control', 'private, no-cache');
  if (answer.status === 503) headers.set('retry-after', '5');
  const policy = headers.get('content-security-policy');
  if (policy && formsMayEndAt) {
    headers.set('content-security-policy', policy.replace("form-action 'self'", `$& ${formsMayEndAt}`));
  }
  return answer;
}
