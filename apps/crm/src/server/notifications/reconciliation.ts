/** What a comparison with booking found, in bookings. */
export interface Reconciliation {
  /** How many booking has. */
  compared: number;
  /** Their newest state was lacking or different here, and is here now. */
  healed: number;
  /** Their newest state is still on its way. */
  waiting: number;
  /** Their newest state is lacking or different here, and could not be had. */
  unhealed: number;
  /** Known here, and not at booking. Kept: somebody else may have written them. */
  extra: number;
  /** Known here in a newer version than booking has, as when booking was restored from an older state. Kept. */
  ahead: number;
}
