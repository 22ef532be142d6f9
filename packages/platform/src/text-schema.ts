import { z } from 'zod';

/**
 * Text as people send it: normalised to NFC, trimmed, measured in characters as the database does, and refused
 * when it holds what no person typed (control characters, half a character).
 */

// Bidirectional overrides can make a name read as something else; line breaks belong in paragraphs only.
const FORBIDDEN_IN_LINE = /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069\uFEFF]/u;
const FORBIDDEN_IN_PARAGRAPHS = /[\u202A-\u202E\u2066-\u2069\uFEFF]|(?![\n\t])\p{Cc}/u;

/** A name or title: one line of 1 to `max` characters. */
export function oneLine(max: number) {
  return z
    .string()
    .refine(
      (value) => value.isWellFormed() && !FORBIDDEN_IN_LINE.test(value),
      'has characters that cannot be used here',
    )
    .transform((value) => value.normalize('NFC').trim())
    .refine((value) => value.length > 0, 'is needed')
    .refine((value) => [...value].length <= max, `has ${max} characters at most`)
    .meta({ type: 'string', minLength: 1, maxLength: max });
}

/** Longer text with line breaks, up to `max` characters; may be empty. */
export function paragraphs(max: number) {
  return z
    .string()
    .transform((value) => value.replaceAll('\r\n', '\n'))
    .refine(
      (value) => value.isWellFormed() && !FORBIDDEN_IN_PARAGRAPHS.test(value),
      'has characters that cannot be used here',
    )
    .transform((value) => value.normalize('NFC').trim())
    .refine((value) => [...value].length <= max, `has ${max} characters at most`)
    .meta({ type: 'string', maxLength: max });
}

/** What is looked for or compared: as it was typed, but for what no database holds. */
export function searchText(max: number) {
  return z
    .string()
    .max(max, `has ${max} characters at most`)
    .refine((value) => value.isWellFormed() && !value.includes('\0'), 'has characters that cannot be used here');
}

/** A password that somebody says: as it was typed, counted as people count. */
export function saidPassword(max: number) {
  return (
    z
      .string()
      .refine((value) => value.isWellFormed() && !value.includes('\0'), 'has characters that cannot be used here')
      // What is too long is not looked at any further: that would only cost.
      .refine((value) => [...value].length <= max, { error: `has ${max} characters at most`, abort: true })
      .meta({ type: 'string', maxLength: max, format: 'password' })
  );
}

/** An address in lower case, normalised before it is judged, 120 characters at most. */
export const emailAddress = z
  .string()
  .max(254, 'has 120 characters at most')
  .transform((value) => value.normalize('NFKC').trim().toLowerCase())
  .pipe(z.email('is an address such as ana@example.org').max(120, 'has 120 characters at most'))
  .meta({ type: 'string', format: 'email', maxLength: 120 });

/** A row id in a path. What is no id cannot exist, so routes answer 404 for it. */
export const rowId = z
  .string()
  .regex(/^[1-9]\d{0,9}$/)
  .transform(Number)
  .refine((value) => value <= 2_147_483_647)
  .meta({ type: 'integer', minimum: 1, maximum: 2_147_483_647 });
