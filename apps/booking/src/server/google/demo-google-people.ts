/** Somebody to choose when the demo plays Google. */
export interface DemoGooglePerson {
  sub: string;
  name: string;
  email: string;
  isVerified: boolean;
  /** Whether Google would run the mailbox of this address. */
  isHosted: boolean;
}

/** One for each thing that can happen. */
export const DEMO_GOOGLE_PEOPLE: readonly DemoGooglePerson[] = [
  person('demo-lea', 'Lea Brandt', 'lea.brandt@letters.example'),
  person('demo-tomas', 'Tomás Reis', 'tomas.reis@letters.example'),
  // They have accounts of the demo's at these addresses.
  person('demo-ana', 'Ana Costa', 'ana@samaya.example'),
  person('demo-maya', 'Maya Lindqvist', 'maya@samaya.example'),
  { ...person('demo-ines', 'Inês Prado', 'ines.prado@elsewhere.example'), isHosted: false },
  { ...person('demo-nobody', 'Max Muster', 'max@typed.example'), isVerified: false, isHosted: false },
];

function person(sub: string, name: string, email: string): DemoGooglePerson {
  return { sub, name, email, isVerified: true, isHosted: true };
}

/** What the demo's Google says about somebody; an address it hosts has its domain in `hd`, as Google's own have. */
export function claimsOf({ sub, name, email, isVerified, isHosted }: DemoGooglePerson) {
  return { sub, name, email, email_verified: isVerified, ...(isHosted && { hd: email.split('@')[1] }) };
}
