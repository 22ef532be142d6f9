/** The house: what it is called, and what an event gets that does not say otherwise. */
export interface Studio {
  name: string;
  timeZone: string;
  currency: string;
  /** What people read before they book, e.g. until when one may cancel; paragraphs. */
  terms: string | null;
}
