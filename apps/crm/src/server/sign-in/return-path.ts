const LONGEST = 2000;
const NOWHERE = 'http://own.invalid';
// The inbox and what is open in it; everything else is no place to come back to.
const PLACES = /^\/(n\/\d{1,10})?$/;

/**
 * Where somebody goes on after signing in, from an address that anybody may have written: a page of the inbox, made
 * whole and encoded; the inbox for everything else.
 */
export function returnPath(wanted: string | null): string {
  const url = wanted === null || wanted.length > LONGEST ? null : URL.parse(wanted, NOWHERE);
  if (url?.origin !== NOWHERE || !PLACES.test(url.pathname)) return '/';
  return url.pathname + url.search;
}

/** The address of the page to sign in on the way to `path`. */
export function signInOnTheWayTo(path: string): string {
  return path === '/' ? '/sign-in' : `/sign-in?${new URLSearchParams({ return_to: path })}`;
}
