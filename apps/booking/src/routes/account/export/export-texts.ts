export const EXPORT = {
  title: 'Download your data',
  lead: 'Everything kept about you here, as it is at this moment. Your password and the secrets of your sign-ins are kept as fingerprints alone, and left out.',
  wholeTitle: 'In one file',
  whole: 'Everything, as JSON',
  tablesTitle: 'As tables for a spreadsheet',
  tablesText: 'One CSV file each. Times are in UTC.',
  lines: (count: number) => (count === 1 ? '1 line' : `${count} lines`),
} as const;

/** What each table holds; one that is not listed is called by its own name. */
const TABLES: Readonly<Record<string, string>> = {
  users: 'You',
  facilitators: 'Your profile as a facilitator',
  bookings: 'Bookings',
  sign_ins: 'Sign-ins',
  outbox: 'Messages about you',
  assistants: 'Facilitators whom you assist',
  passkeys: 'Passkeys',
  recovery_codes: 'Recovery codes',
  audit_trail: 'What was done, by you and to you',
  oidc_records: 'Sign-ins to CRM on their way',
};

export function tableName(table: string): string {
  return TABLES[table] ?? table;
}
