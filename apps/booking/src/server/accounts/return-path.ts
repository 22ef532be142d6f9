const LONGEST = 1000;
const NOWHERE = 'http://own.invalid';
// Not places to come back to: signing in again, or what is no page.
const NO_PLACE = /^\/(sign-in|sign-up|sign-out|api|oidc)(\/|$)/;

/**
 * Where somebody goes on after signing in, from an address that anybody may have written: a path on this site, made
 * whole and encoded, or `undefined` for everything that a browser might read as another site's address.
 */
export function returnPath(wanted: string | null): string | undefined {
  if (wanted === null || wanted.length > LONGEST || !wanted.startsWith('/')) return undefined;
  // Browsers read a backslash as a slash and pass over tabs and line breaks.
  if (/[\p{Cc}\\]/u.test(wanted)) return undefined;
  const url = URL.parse(wanted, NOWHERE);
  if (url?.origin !== NOWHERE || url.pathname.startsWith('//') || NO_PLACE.test(url.pathname)) return undefined;
  return url.pathname + url.search + url.hash;
}

/** The address of the page to sign in on the way to `path`. */
export function signInOnTheWayTo(path: string): string {
  return `/sign-in?${new URLSearchParams({ return_to: path })}`;
}
