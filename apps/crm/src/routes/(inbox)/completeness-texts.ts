import type { CompletenessJson } from '#server/notifications/read-completeness.ts';

/** What the foot of the inbox says: whether all that was booked has arrived. */
export function completenessInWords(
  { received, expected, newestAt }: CompletenessJson,
  nowMs: number,
): { isComplete: boolean; text: string } {
  const newest = newestAt === null ? '' : `, newest ${ageInWords(nowMs - Date.parse(newestAt))}`;
  if (expected === null) {
    const text = `${bookings(received)} received${newest}. Booking does not answer, so it is not known whether that is all.`;
    return { isComplete: false, text };
  }
  if (expected === 0) return { isComplete: true, text: 'Nobody has booked with you yet.' };
  const isComplete = received >= expected;
  const rest = isComplete ? '' : ` ${expected - received === 1 ? 'One is' : `${expected - received} are`} on the way.`;
  return { isComplete, text: `${received} of ${bookings(expected)} received${newest}.${rest}` };
}

function bookings(count: number): string {
  return count === 1 ? '1 booking' : `${count} bookings`;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

// Clocks of two machines may be a little apart; nothing arrives in the future.
function ageInWords(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds / 1000);
  if (seconds < 10) return `${seconds.toFixed(1)} s ago`;
  if (seconds < MINUTE) return `${Math.floor(seconds)} s ago`;
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min ago`;
  if (seconds < 2 * DAY) return `${Math.floor(seconds / HOUR)} h ago`;
  return `${Math.floor(seconds / DAY)} days ago`;
}
