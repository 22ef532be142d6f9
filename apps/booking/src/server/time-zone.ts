/** Whether this is the name of a time zone, such as Europe/Lisbon. */
export function isTimeZone(value: string): boolean {
  // An offset is no zone: it knows no summer time, and databases read its sign the other way round.
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(value)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return true;
  } catch {
    return false;
  }
}
