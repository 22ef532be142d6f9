import { createHash } from 'node:crypto';
import { ImportError } from './import-errors.ts';

/** Fills itself from the columns of a row. */
export type Template = (columns: Record<string, string>) => string;

const PLACE = /\{([^{}|]+)(?:\|([a-z]+))?\}/g;
// Letters that do not come apart into a plain letter and a mark.
const SPELLED: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ı: 'i',
  ħ: 'h',
  ŋ: 'n',
};

/**
 * Compiles what a mapping says about a field: the name of a column, or text with `{column}` in it; `{column|slug}`
 * gives a name as it can stand in an address. Throws an ImportError naming the columns there are.
 */
export function compileTemplate(text: string, header: readonly string[], field: string): Template {
  if (header.includes(text)) return (columns) => (columns[text] ?? '').trim();
  if (!text.includes('{')) throw unknownColumn(text, header, field);
  const names: string[] = [];
  for (const [, name = '', filter] of text.matchAll(PLACE)) {
    if (!header.includes(name)) throw unknownColumn(name, header, field);
    if (filter !== undefined && filter !== 'slug') {
      throw new ImportError(`The mapping's “${field}” uses {${name}|${filter}}; the only such word is “slug”.`);
    }
    names.push(name);
  }
  return (columns) => {
    if (names.length > 0 && names.every((name) => !columns[name]?.trim())) return '';
    return text
      .replaceAll(PLACE, (_, name: string, filter?: string) => {
        const value = (columns[name] ?? '').trim();
        return filter ? slug(value) : value;
      })
      .trim();
  };
}

/** `Zoë van der Berg` → `zoe.van.der.berg`. Names in other scripts get a short, lasting code, so no two share one. */
export function slug(name: string): string {
  const latin = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[ßæœøđðþłıħŋ]/g, (letter) => SPELLED[letter] ?? letter);
  const words = latin.replaceAll(/['’ʻʼ`.]/g, '').match(/[\p{L}\p{N}]+/gu) ?? [];
  const joined = words.join('.');
  if (/^[a-z0-9.]{1,48}$/.test(joined)) return joined;
  return `t-${createHash('sha256').update(name.normalize('NFC').toLowerCase()).digest('hex').slice(0, 12)}`;
}

function unknownColumn(name: string, header: readonly string[], field: string): ImportError {
  return new ImportError(
    `The mapping's “${field}” names the column “${name}”, which the file does not have. It has: ${header.join(', ')}.`,
  );
}
