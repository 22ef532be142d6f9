import { type PersonField, personFault } from './person-texts.ts';

/** What is to mend, by field. */
export type PersonFaults = Partial<Record<PersonField, string>>;

const FIELDS: readonly PersonField[] = ['name', 'email', 'password'];

/** The first fault of each field, as a sentence for people. */
export function personFaults(issues: readonly { path: PropertyKey[]; message: string }[]): PersonFaults {
  const faults: PersonFaults = {};
  for (const { path, message } of issues) {
    const field = FIELDS.find((one) => one === path[0]);
    if (field) faults[field] ??= personFault(field, message);
  }
  return faults;
}

/** The faults for a list above the form, in the order of its fields; each links to the control of its field's name. */
export function listFaults(faults: PersonFaults): { field: PersonField; sentence: string }[] {
  return FIELDS.flatMap((field) => {
    const sentence = faults[field];
    return sentence ? [{ field, sentence }] : [];
  });
}

/** What was typed into a field of a form; a file or nothing is nothing. */
export function typedInto(form: FormData, field: string): string {
  const value = form.get(field);
  return typeof value === 'string' ? value : '';
}
