const ESCAPES: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/**
 * JSON as the text of a `script` element. Nothing in it can end the element or begin a comment, and nothing is left that
 * a page would escape, which inside of a script would not be undone.
 */
export function jsonLdText(about: object): string {
  return JSON.stringify(about).replace(/[<>&\u2028\u2029]/g, (character) => ESCAPES[character] ?? '');
}
