import sanitizeHtml from 'sanitize-html';

const TAG =
  /<\/?(?:p|br|div|span|a|b|i|u|em|strong|ul|ol|li|h[1-6]|table|tr|td|font|img|hr|html|body|blockquote|script|style|iframe|svg)\b[^<>]*>/i;
const ENTITY = /&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z]{2,8});/i;
const BLOCKS = ['p', 'div', 'li', 'tr', 'blockquote', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'ul', 'ol', 'table'];
// Neither seen nor typed by anybody: controls, byte order marks, and marks that turn the reading direction.
const UNSEEN = /[\u202A-\u202E\u2066-\u2069\uFEFF]|(?![\n\t])\p{Cc}/gu;

/** A description as text: HTML becomes lines and list dashes, links keep their address, entities are read. */
export function plainText(text: string): string {
  const unix = text.replaceAll(/\r\n?/g, '\n');
  return (TAG.test(unix) || ENTITY.test(unix) ? htmlToText(unix) : unix).replaceAll(/\n{3,}/g, '\n\n').trim();
}

/** A title or name on one line, with entities such as `&#038;` read. Tags are left: in a title they are text. */
export function plainLine(text: string): string {
  const read = ENTITY.test(text) ? unescapeHtml(sanitizeHtml(text.replaceAll('<', '&lt;'), { allowedTags: [] })) : text;
  return read.replaceAll(/[\s\u2028\u2029]+/gu, ' ').trim();
}

/** Takes out what nobody sees; answers whether something was there. */
export function withoutUnseen(text: string): { text: string; hadUnseen: boolean } {
  const seen = text.replaceAll(UNSEEN, '');
  return { text: seen, hadUnseen: seen !== text };
}

/** A value as a terminal can show it: one line, controls written out, shortened to `most` characters. */
export function shown(value: string, most = 60): string {
  const visible = value
    .replaceAll(/\s+/gu, ' ')
    .trim()
    .toWellFormed()
    .replaceAll(/(?![\u200C\u200D])[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => {
      const code = character.codePointAt(0) ?? 0;
      return `\\u{${code.toString(16)}}`;
    });
  const characters = [...visible];
  return characters.length <= most ? visible : `${characters.slice(0, most - 1).join('')}…`;
}

function htmlToText(html: string): string {
  // Line breaks in HTML mean nothing, unless it is text with a few tags and no blocks.
  const hasBlocks = /<(?:p|br|div|li)\b/i.test(html);
  const clean = sanitizeHtml(hasBlocks ? html.replaceAll(/\s+/gu, ' ') : html, {
    allowedTags: ['br', 'a', ...BLOCKS],
    allowedAttributes: { a: ['href'] },
    allowedSchemes: ['http', 'https', 'mailto'],
  });
  const lines = clean
    .replaceAll(/<a(?: href="([^"]*)")?>(.*?)<\/a>/gs, (_, href: string | undefined, words: string) =>
      withAddress(words, href),
    )
    .replaceAll(/<li>/g, '\n- ')
    .replaceAll(/<br \/>/g, '\n')
    .replaceAll(/<\/(?:p|h[1-6]|blockquote|ul|ol|table)>/g, '\n\n')
    .replaceAll(/<\/?(?:div|tr|p|h[1-6]|ul|ol|table|blockquote)>/g, '\n')
    .replaceAll(/<[^>]*>/g, '');
  return unescapeHtml(lines)
    .split('\n')
    .map((line) => line.replaceAll(/[\s\u00A0]+/gu, ' ').trim())
    .join('\n');
}

function withAddress(words: string, href: string | undefined): string {
  const address = href?.replace(/^mailto:/, '');
  if (!address || words.includes(address)) return words;
  return words.trim() === '' ? address : `${words} (${address})`;
}

// The cleaned markup escapes these four and nothing else; the ampersand last, or `&amp;lt;` would become `<`.
function unescapeHtml(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
}
