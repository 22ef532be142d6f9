/** Who leads sessions and retreats. A facilitator signs in as the proven person of the same address, if there is one. */
export interface Facilitator {
  id: number;
  name: string;
  bio: string | null;
  specialties: string | null;
}

/** Facilitators at addresses of this domain, which nobody can have, are made by `npm run doctor` for moments. */
export const CANARY_DOMAIN = 'canary.invalid';
