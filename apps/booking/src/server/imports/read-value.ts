import { RowRefused } from './import-errors.ts';

const MINUTES: Record<string, number> = { minutes: 1, hours: 60, days: 1440 };
export const LONGEST_MINUTES = 366 * 1440;
const HIGHEST_PRICE = 1_000_000_000;
const MOST_PLACES = 100_000;

const UNITS: [RegExp, number][] = [
  [/^(?:m|min|mins|minutes?|minuten|minuti|minutos?)$/, 1],
  [/^(?:h|hrs?|hours?|uur|std|stunden?|heures?|horas?|ore?)$/, 60],
  [/^(?:d|days?|dag|dagen|tage?|jours?|d[ií]as?|dias?|giorn[oi])$/, 1440],
];
// Written in whole units with a dot or comma between the thousands, whatever the standard says of their cents.
const WHOLE_CURRENCIES = new Set([
  'IDR',
  'VND',
  'COP',
  'CLP',
  'PYG',
  'KRW',
  'JPY',
  'ISK',
  'HUF',
  'LAK',
  'KHR',
  'UGX',
  'IRR',
  'MMK',
]);
const SIGNS = new Map([
  ['€', 'EUR'],
  ['£', 'GBP'],
  ['₹', 'INR'],
  ['฿', 'THB'],
  ['₫', 'VND'],
  ['₩', 'KRW'],
  ['₱', 'PHP'],
  ['₺', 'TRY'],
  ['₪', 'ILS'],
  ['¥', 'JPY'],
  ['us$', 'USD'],
  ['a$', 'AUD'],
  ['au$', 'AUD'],
  ['c$', 'CAD'],
  ['ca$', 'CAD'],
  ['nz$', 'NZD'],
  ['hk$', 'HKD'],
  ['s$', 'SGD'],
  ['mx$', 'MXN'],
  ['r$', 'BRL'],
  ['rp', 'IDR'],
  ['rp.', 'IDR'],
  ['zł', 'PLN'],
  ['kč', 'CZK'],
  ['ft', 'HUF'],
  ['fr', 'CHF'],
  ['fr.', 'CHF'],
  ['chf.', 'CHF'],
  ['rm', 'MYR'],
  ['rs', 'INR'],
  ['rs.', 'INR'],
]);
const DOLLARS = new Set([
  'USD',
  'AUD',
  'CAD',
  'NZD',
  'HKD',
  'SGD',
  'MXN',
  'TWD',
  'BBD',
  'BZD',
  'JMD',
  'TTD',
  'FJD',
  'NAD',
]);
const CROWNS = new Set(['SEK', 'NOK', 'DKK', 'ISK']);
const FREE = /^(?:free|gratis|gratuit|kostenlos|kostenfrei|grátis|libre)$/i;

export function isCurrency(code: string): boolean {
  return Intl.supportedValuesOf('currency').includes(code);
}

/** Whole minutes of `75`, `75 min`, `1h15`, `1:15`, `1.5 hours`, `PT1H15M`, `7 days`; a bare number counts in `unit`. */
export function readMinutes(text: string, unit: string): number {
  const minutes = /^P/i.test(text) ? isoMinutes(text) : wordsToMinutes(text.toLowerCase().trim(), unit);
  if (minutes === undefined || !Number.isFinite(minutes)) {
    throw new RowRefused('duration', text, 'is no duration such as 75, 1:15, 1.5 hours or PT75M');
  }
  if (minutes <= 0) throw new RowRefused('duration', text, 'is not more than nothing');
  if (minutes > LONGEST_MINUTES) throw new RowRefused('duration', text, 'is more than a year');
  return Math.max(1, Math.round(minutes));
}

/** A number of places, 0 or more. */
export function readPlaces(text: string): number {
  const match = /^\d{1,6}(?:\.0+)?$/.exec(text.trim());
  const places = Number(text);
  if (!match || places > MOST_PLACES) {
    throw new RowRefused('max_participants', text, `is no whole number from 0 to ${MOST_PLACES}`);
  }
  return places;
}

export interface PriceRules {
  /** The currency stated beside the price, e.g. by a column of its own. */
  stated?: string;
  /** What applies when neither the price nor a column says. */
  fallback: string;
  /** The mark before the cents, when the mapping says; else `1.234` is not guessed. */
  decimal?: ',' | '.';
}

/** Reads `17.5`, `€ 17,50`, `1.234,50 EUR`, `IDR 150.000`, `free`. The currency is given when the text states one. */
export function readPrice(text: string, rules: PriceRules): { price: number; currency?: string } {
  const trimmed = text.trim();
  if (FREE.test(trimmed)) return { price: 0 };
  const match = /^([^\d+-]*?)\s*([+-]?\d[\d.,'’\s]*?)\s*(?:[.,]?[-–—]+)?\s*([^\d]*)$/u.exec(trimmed);
  if (!match) throw new RowRefused('price', text, 'is no price');
  const [, before = '', digits = '', behind = ''] = match;
  const words = `${before}${behind}`.trim();
  const currency = words === '' ? undefined : currencyOf(words, text, rules);
  if (currency && rules.stated && currency !== rules.stated) {
    throw new RowRefused('price', text, `is in ${currency}, while the currency beside it is ${rules.stated}`);
  }
  const price = readNumber(digits, text, rules.decimal, currency ?? rules.stated ?? rules.fallback);
  if (price < 0) throw new RowRefused('price', text, 'is below nothing');
  if (price > HIGHEST_PRICE) throw new RowRefused('price', text, 'is more than a thousand million');
  if (Math.round(price * 100) / 100 !== price) throw new RowRefused('price', text, 'has more than two decimals');
  return { price, ...(currency && { currency }) };
}

export function readCurrency(text: string): string {
  const code = text.trim().toUpperCase();
  if (!isCurrency(code)) throw new RowRefused('currency', text, 'is no currency code such as EUR');
  return code;
}

export function readYesNo(field: string, text: string): boolean {
  const word = text.trim().toLowerCase();
  if (['true', 'yes', 'y', '1', 'x', 'ja', 'oui', 'si', 'sí'].includes(word)) return true;
  if (['false', 'no', 'n', '0', 'nee', 'nein', 'non'].includes(word)) return false;
  throw new RowRefused(field, text, 'is neither yes nor no');
}

function currencyOf(words: string, text: string, { stated, fallback }: PriceRules): string {
  const word = words.toLowerCase().replaceAll(/\s+/gu, '');
  const known = SIGNS.get(word) ?? (isCurrency(word.toUpperCase()) ? word.toUpperCase() : undefined);
  if (known) return known;
  const own = stated ?? fallback;
  const isDollar = word === '$' && DOLLARS.has(own);
  const isCrown = (word === 'kr' || word === 'kr.') && CROWNS.has(own);
  if (isDollar || isCrown) return own;
  if (word === '$' || word.startsWith('kr')) {
    throw new RowRefused('price', text, `does not say whose ${word === '$' ? 'dollar' : 'crown'}; give the currency`);
  }
  throw new RowRefused('price', text, 'is no price');
}

function readNumber(digits: string, text: string, decimal: ',' | '.' | undefined, currency: string): number {
  const compact = digits.replaceAll(/[\s'’]/gu, '');
  const marks = [...compact.matchAll(/[.,]/g)].map(([mark]) => mark);
  const last = marks.at(-1);
  if (!last) return Number(compact);
  const isOnlyOne = marks.length === 1;
  const tail = compact.slice(compact.lastIndexOf(last) + 1);
  let cents = decimal;
  if (!cents && isOnlyOne && tail.length === 3 && !/^[+-]?0/.test(compact)) {
    if (!WHOLE_CURRENCIES.has(currency)) {
      const advice = 'say which mark comes before the cents: "price": { "decimal": "." } in the mapping\'s formats';
      throw new RowRefused('price', text, `may mean thousands or a fraction; ${advice}`);
    }
    cents = last === '.' ? ',' : '.';
  }
  // Two kinds of marks: the last one is before the cents. One kind several times: thousands.
  cents ??= isOnlyOne || marks.some((mark) => mark !== last) ? (last as ',' | '.') : last === '.' ? ',' : '.';
  const thousands = cents === '.' ? ',' : '.';
  const group = `${RegExp.escape(thousands)}\\d{3}`;
  const grouped = new RegExp(`^[+-]?(?:\\d+|\\d{1,3}(?:${group})+)(?:${RegExp.escape(cents)}\\d+)?$`);
  if (!grouped.test(compact)) throw new RowRefused('price', text, 'is no price');
  return Number(compact.replaceAll(thousands, '').replace(cents, '.'));
}

function isoMinutes(text: string): number | undefined {
  try {
    const { years, months, weeks, days, hours, minutes, seconds } = Temporal.Duration.from(text);
    return years || months ? undefined : (weeks * 7 + days) * 1440 + hours * 60 + minutes + seconds / 60;
  } catch {
    return undefined;
  }
}

function wordsToMinutes(text: string, unit: string): number | undefined {
  const clock = /^(\d{1,3}):([0-5]\d)(?::[0-5]\d)?$/.exec(text);
  if (clock) return Number(clock[1]) * 60 + Number(clock[2]);
  if (/^[+-]?\d+(?:[.,]\d+)?$/.test(text)) return Number(text.replace(',', '.')) * (MINUTES[unit] ?? 1);
  const pieces = [...text.matchAll(/(\d+(?:[.,]\d+)?)\s*([\p{L}]+)?[\s,.]*/gu)];
  if (pieces.map(([piece]) => piece).join('') !== text || pieces.length === 0) return undefined;
  let minutes = 0;
  for (const [index, [, number = '', word]] of pieces.entries()) {
    // “1h15”: a number behind hours is minutes.
    const size = word ? UNITS.find(([names]) => names.test(word))?.[1] : index > 0 ? 1 : undefined;
    if (size === undefined) return undefined;
    minutes += Number(number.replace(',', '.')) * size;
  }
  return minutes;
}
