const MOST_ZONES = 1000;

/**
 * Formats of one kind, one per time zone, made once. To make one takes longer than a page has, and some 80 KB that the
 * collector of garbage does not see: made for each date of each page, they filled a gigabyte.
 */
export function clockFormat(
  options: Intl.DateTimeFormatOptions,
  language = 'en-GB',
): (timeZone: string) => Intl.DateTimeFormat {
  const byZone = new Map<string, Intl.DateTimeFormat>();
  return (timeZone) => {
    const known = byZone.get(timeZone);
    if (known) return known;
    const made = new Intl.DateTimeFormat(language, { ...options, timeZone });
    if (byZone.size >= MOST_ZONES) byZone.clear();
    byZone.set(timeZone, made);
    return made;
  };
}
