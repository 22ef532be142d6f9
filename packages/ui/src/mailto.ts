/** The address of a mail to somebody. Nothing in theirs adds a copy, a subject or a text to it. */
export function mailtoOf(email: string): string {
  return `mailto:${encodeURIComponent(email.toWellFormed()).replaceAll('%40', '@')}`;
}
