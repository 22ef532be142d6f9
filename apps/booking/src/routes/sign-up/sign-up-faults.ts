/** What is to mend, by field. */
export type Faults = Partial<Record<'name' | 'email' | 'password', string>>;

/** The first fault of each field as a sentence for people. */
export function sayFaults(issues: readonly { path: PropertyKey[]; message: string }[]): Faults {
  const faults: Faults = {};
  for (const { path, message } of issues) {
    const [field] = path;
    if (field === 'name') faults.name ??= `Your name ${message}.`;
    if (field === 'email') {
      faults.email ??= message.startsWith('has')
        ? `The address ${message}.`
        : 'Write an address such as ana@example.org.';
    }
    if (field === 'password') faults.password ??= `A password ${message}.`;
  }
  return faults;
}
