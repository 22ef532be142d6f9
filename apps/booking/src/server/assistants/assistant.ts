/** Somebody who helps a facilitator with the list and at the door; the right is that of whoever confirmed the address. */
export interface Assistant {
  id: number;
  email: string;
  added_at: Date;
  facilitator: { id: number; name: string };
}
