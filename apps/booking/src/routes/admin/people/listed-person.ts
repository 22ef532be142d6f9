import type { ListedPerson } from '#server/accounts/people-queries.ts';
import { clockFormat } from '../../../words/clock-format.ts';
import { PEOPLE } from '../admin-texts.ts';

const DATE = clockFormat({ day: 'numeric', month: 'short', year: 'numeric' });

/** A person as admins see them, in words. */
export function listedPersonOf(person: ListedPerson, timeZone: string) {
  const { id, name, email, isProven, isAdmin, isAdminByAddress, facilitatorId, disabledAt, upcoming, hasTwoStep } =
    person;
  return {
    id,
    path: `/admin/people/${id}`,
    name,
    email,
    isProven,
    isAdmin,
    isAdminByAddress,
    facilitatorId,
    disabledSince: disabledAt && DATE(timeZone).format(disabledAt),
    upcoming,
    hasTwoStep,
    is: [isAdmin && PEOPLE.admin, facilitatorId !== null && PEOPLE.facilitator].filter((word) => word !== false),
    since: DATE(timeZone).format(person.created_at),
  };
}
