import { stringify } from 'csv-stringify/sync';

// With these a formula begins; the wide ones are read as the narrow ones by some programs. What is not seen before one is
// passed over, and where a program splits at semicolons or tabs, each part of a text is a cell.
const FORMULA = /((?:^|[;\t|])(?:(?!\t)[\s\p{Cc}\p{Cf}"'])*)(?=[=+\-@＝＋－＠])/gu;
const BEGINS_UNSEEN = /^[\t\r\n\0]/;

/** A list as a file for spreadsheets: marked as UTF-8, times in UTC, and nothing in it is a formula. */
export function spreadsheetOf(columns: readonly string[], rows: readonly (readonly unknown[])[]): string {
  return stringify(
    rows.map((row) => [...row]),
    {
      header: true,
      columns: [...columns],
      bom: true,
      record_delimiter: 'windows',
      quoted_match: /[;\t|]/,
      cast: {
        string: inert,
        date: (value) => value.toISOString(),
        boolean: (value) => (value ? 'yes' : 'no'),
        object: (value) => inert(JSON.stringify(value)),
      },
    },
  );
}

/** A text with an apostrophe wherever a spreadsheet would begin to reckon: it shows as text from there on. */
function inert(text: string): string {
  const safe = text.replaceAll(FORMULA, "$1'");
  return BEGINS_UNSEEN.test(safe) ? `'${safe}` : safe;
}
