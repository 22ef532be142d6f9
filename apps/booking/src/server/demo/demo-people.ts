/** The password of every account of the demo studio; the demo is refused where anybody else could reach it. */
export const DEMO_PASSWORD = 'samaya-demo';

export const DEMO_FACILITATORS = [
  {
    name: 'Maya Lindqvist',
    email: 'maya@samaya.example',
    specialties: 'Slow floor practice, vinyasa, retreats by the sea',
    bio: 'Maya came to Lisbon for a winter eleven years ago. She danced for a living until her knees objected, and has taught people to be kind to theirs ever since. Her classes are quiet, exact and a little funny.',
  },
  {
    name: 'Noah Adeyemi',
    email: 'noah@samaya.example',
    specialties: 'Meditation, breathwork, silent retreats',
    bio: 'Noah spent three years in a monastery in the north of Thailand and nine in a bank, in that order. He has no interest in enlightenment before breakfast.',
  },
  {
    name: 'Inês Duarte',
    email: 'ines@samaya.example',
    specialties: 'Hatha, sound, old injuries',
    bio: 'Physiotherapist, gong player, native of this very street. Inês explains anatomy with kitchen objects and will remember which knee it was.',
  },
  {
    name: 'Jonas Weber',
    email: 'jonas@samaya.example',
    specialties: 'Mobility, coaching, online classes',
    bio: 'Jonas coaches people who sit too much and think too much. He lives in Berlin with a cat who has her own following.',
  },
  {
    name: 'Amara Okafor',
    email: 'amara@samaya.example',
    specialties: 'Dance, classes for new parents',
    bio: 'Born in Enugu, raised in Rotterdam, mother of twins. Amara has never met a rhythm she could not walk to, and she thinks you have not either.',
  },
  {
    name: 'Kadek Surya',
    email: 'kadek@samaya.example',
    specialties: 'Hatha, ceremonies, retreats in Bali',
    bio: 'Kadek guides guests through his village in the east of Bali, at the pace of the village. He learned hatha from his grandfather and marketing from nobody.',
  },
] as const;

export interface DemoAccount {
  name: string;
  email: string;
  isAdmin: boolean;
}

/** People who book in the demo; the tables of names are walked at different paces, so that no two are alike. */
const FIRST_NAMES = [
  'Ana',
  'Björn',
  'Chiara',
  'Dmytro',
  'Esra',
  'Finn',
  'Grace',
  'Hana',
  'Ibrahim',
  'Júlia',
  'Kenji',
  'Leïla',
  'Mateus',
  'Nadia',
  'Oisín',
  'Priya',
  'Quentin',
  'Rosa',
  'Sven',
  'Thuy',
  'Uma',
  'Viktor',
  'Wanjiru',
  'Xiomara',
  'Yusuf',
];
const LAST_NAMES = [
  'Almeida',
  'Berg',
  'Conti',
  'Dubois',
  'Evans',
  'Ferreira',
  'Gonçalves',
  'Haddad',
  'Ito',
  'Jansen',
  'Kowalska',
  'Lopes',
  'Mwangi',
  'Nguyễn',
  'O’Brien',
  'Petrov',
  'Quispe',
  'Rahman',
  'Silva',
  'Tanaka',
  'Usman',
  'Vasquez',
  'Weiss',
];

const PARTICIPANTS = 250;
/** The last fifty take the places that are taken when the studio opens; the others are free for whatever you try. */
const FIRST_REGULAR = 201;

/** Every account: the four by name, then p001 to p250. */
export const DEMO_ACCOUNTS: readonly DemoAccount[] = [
  { name: 'Sofia Marques', email: 'admin@samaya.example', isAdmin: true },
  { name: 'Maya Lindqvist', email: 'maya@samaya.example', isAdmin: false },
  { name: 'Noah Adeyemi', email: 'noah@samaya.example', isAdmin: false },
  { name: 'Ana Costa', email: 'ana@samaya.example', isAdmin: false },
  ...Array.from({ length: PARTICIPANTS }, (_, index) => ({
    name: `${FIRST_NAMES[index % FIRST_NAMES.length]} ${LAST_NAMES[index % LAST_NAMES.length]}`,
    email: participantEmail(index + 1),
    isAdmin: false,
  })),
];

export const DEMO_REGULARS: readonly string[] = Array.from({ length: PARTICIPANTS - FIRST_REGULAR + 1 }, (_, index) =>
  participantEmail(FIRST_REGULAR + index),
);

/** The sign-ins shown where somebody looks for one: when everything has started, and on the page to sign in. */
export const DEMO_SIGN_INS: readonly { email: string; role: string }[] = [
  { email: 'admin@samaya.example', role: 'admin' },
  { email: 'maya@samaya.example', role: 'facilitator; sign in to CRM too' },
  { email: 'noah@samaya.example', role: 'facilitator' },
  { email: 'ana@samaya.example', role: 'participant with bookings' },
  { email: participantEmail(1), role: `… to ${participantEmail(PARTICIPANTS)}, participants` },
];

/** The participant whose bookings the demo shows. */
export const DEMO_PARTICIPANT = 'ana@samaya.example';

function participantEmail(number: number): string {
  return `p${String(number).padStart(3, '0')}@samaya.example`;
}
