/** One thing that was looked at. */
export interface Finding {
  isOk: boolean;
  /** What was found, as a sentence without its full stop. */
  text: string;
  /** How to mend it, where it is wrong. */
  mend?: string;
}

export const ok = (text: string): Finding => ({ isOk: true, text });
export const wrong = (text: string, mend: string): Finding => ({ isOk: false, text, mend });

/** The finding as the line that is printed. */
export function lineOf({ isOk, text, mend }: Finding): string {
  return isOk ? `ok     ${text}\n` : `wrong  ${text}: ${mend}\n`;
}

/** `1 booking`, `2 bookings`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** What an error says, in one line. */
export function reasonOf(error: unknown): string {
  const { message, code, cause } = error as NodeJS.ErrnoException;
  if (cause instanceof Error) return reasonOf(cause);
  return (message || code || String(error)).split('\n')[0] ?? '';
}
