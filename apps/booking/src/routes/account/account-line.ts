/** One line of the account's list: a way on, and how things stand there. */
export interface AccountLine {
  href: string;
  label: string;
  text: string;
}
