/** Something a check found that we accept until a day, and why. */
export interface Waiver {
  of: 'licence' | 'advisory';
  /** A package's name, with a star at the end for all that begin so; or an advisory's id. */
  name: string;
  /** The last day it counts, as YYYY-MM-DD. */
  until: string;
  reason: string;
}

export const WAIVERS: readonly Waiver[] = [
  {
    of: 'licence',
    name: '@img/sharp-*',
    until: '2027-11-30',
    reason: 'libvips (LGPL) is a shared library that npm brings unchanged and anybody can replace by their own build',
  },
  {
    of: 'licence',
    name: 'spdx-exceptions',
    until: '2027-11-30',
    reason: 'a list of names under CC-BY, used in development only',
  },
];

/** One thing that is wrong unless it is waived. */
export interface Fault {
  name: string;
  complaint: string;
}

/** The complaints that stay, among them waivers whose day is over and waivers of nothing. */
export function complainUnlessWaived(
  of: Waiver['of'],
  faults: readonly Fault[],
  { waivers, now }: { waivers: readonly Waiver[]; now: Date },
): string[] {
  const ours = waivers.filter((waiver) => waiver.of === of);
  const complaints = faults.flatMap(({ name, complaint }) => {
    const waiver = ours.find((one) => isOf(one, name));
    if (!waiver) return [complaint];
    return isOver(waiver, now) ? [`${complaint} (its waiver ended on ${waiver.until})`] : [];
  });
  const needless = ours.filter((waiver) => !faults.some(({ name }) => isOf(waiver, name)));
  return [...complaints, ...needless.map(({ name }) => `${name}: nothing needs its waiver any more; take it away`)];
}

function isOf({ name: wanted }: Waiver, name: string): boolean {
  return wanted.endsWith('*') ? name.startsWith(wanted.slice(0, -1)) : name === wanted;
}

function isOver({ until }: Waiver, now: Date): boolean {
  return now.toISOString().slice(0, 10) > until;
}
