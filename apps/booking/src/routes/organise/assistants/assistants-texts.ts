/** The words of the page where assistants are named. */
export const ASSISTANTS = {
  title: 'Assistants',
  lead: 'People who help at the door. They see the events, the list of participants and who came; they add people to it and take them off.',
  not: 'They see no prices, notes or settings, change no event and have no CRM.',
  list: 'Who helps',
  helps: (name: string) => `helps ${name}`,
  since: (day: string) => `since ${day}`,
  remove: 'Remove',
  removeThat: (email: string) => `Remove ${email}`,
  empty: { title: 'Nobody helps yet', text: 'Name somebody by their address.' },
  add: 'Add an assistant',
  facilitator: 'Whom they help',
  choose: 'Choose',
  email: 'E-mail',
  emailHint:
    'Whoever has confirmed this address with an account here helps from then on. Without an account they sign up first; tell them.',
  button: 'Add',
  fix: 'Please mend:',
  emailFault: 'Write an address such as ana@example.org.',
  facilitatorFault: 'Choose whom they help.',
  done: {
    added: 'Added. It counts as soon as the address is confirmed, at once if it is.',
    removed: 'Removed. The rights ended at once.',
  },
} as const;
