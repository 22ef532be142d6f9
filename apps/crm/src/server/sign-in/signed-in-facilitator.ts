/** A facilitator signed in to CRM. Everything they see is bounded by `facilitatorId`. */
export interface SignedInFacilitator {
  signInId: number;
  userId: number;
  facilitatorId: number;
  name: string;
}
