/** The words on cards and rows of events. */
export const EVENT_CARD = {
  session: 'Session',
  retreat: 'Retreat',
  online: 'Online',
  with: (name: string) => `with ${name}`,
  book: 'Book',
  today: 'Today',
  tomorrow: 'Tomorrow',
  /** In place of a day of which more events are shown elsewhere. */
  more: (count: number) => `${count} more`,
} as const;

/** What kind of event it is: `Session`, `Retreat · online`. */
export function kindOf({ type, online }: { type: string; online: boolean }): string {
  const kind = type === 'retreat' ? EVENT_CARD.retreat : EVENT_CARD.session;
  return online ? `${kind} · ${EVENT_CARD.online.toLowerCase()}` : kind;
}
