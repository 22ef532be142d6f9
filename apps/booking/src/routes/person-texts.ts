/** What people are asked about themselves, wherever they are asked, and what is said when it cannot be used. */
export const PERSON = {
  name: 'Name',
  email: 'E-mail',
  password: 'Password',
  newPassword: 'New password',
  passwordHint: '10 characters or more, of any kind. A few words are good.',
  mend: (count: number) => (count === 1 ? 'Please mend one thing' : `Please mend ${count} things`),
} as const;

export type PersonField = 'name' | 'email' | 'password';

/** Why what was typed into a field cannot be used, as a sentence; `problem` is what the schema says of it. */
export function personFault(field: PersonField, problem: string): string {
  if (field === 'name') return `Your name ${problem}.`;
  if (field === 'password') {
    return problem.startsWith('is') ? `This one ${problem}. Take another.` : `A password ${problem}.`;
  }
  return problem.startsWith('has') ? `The address ${problem}.` : 'Write an address such as ana@example.org.';
}
