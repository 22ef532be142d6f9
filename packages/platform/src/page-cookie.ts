/** A cookie only our server reads, in the form the public address allows. */
export interface PageCookie {
  name: string;
  options: { path: '/'; httpOnly: true; sameSite: 'lax'; secure: boolean };
}

/**
 * Cookies do not know ports: on one host both applications see each other's, so `name` tells them apart. Over https
 * the prefix makes browsers refuse one that a neighbouring site planted.
 */
export function pageCookie(name: string, publicUrl: string): PageCookie {
  const secure = publicUrl.startsWith('https:');
  return { name: secure ? `__Host-${name}` : name, options: { path: '/', httpOnly: true, sameSite: 'lax', secure } };
}
