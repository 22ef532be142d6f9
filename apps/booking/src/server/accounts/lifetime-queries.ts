import { type RawBuilder, sql } from 'kysely';
import { IDLE_DAYS, ORGANISER_DAYS, ORGANISER_IDLE_HOURS } from './account.ts';

// An assistant sees who comes to events that are not theirs.
const assists = sql<boolean>`exists (
  select 1 from assistants a join users o on a.email = lower(o.email) where o.id = s.user_id and o.proven_at is not null)`;

/**
 * Whether the sign-in `s` still holds, by the database's clock. A page's ends earlier than written when nobody used it,
 * and earlier still for who organises or assists; a program's token has its day and keeps to it.
 */
export function holds(isOrganiser: RawBuilder<boolean>): RawBuilder<boolean> {
  return sql<boolean>`s.expires_at > clock_timestamp() and (s.kind = 'api'
    or s.last_seen_at > clock_timestamp() - make_interval(days => ${sql.lit(IDLE_DAYS)})
      and (s.last_seen_at > clock_timestamp() - make_interval(hours => ${sql.lit(ORGANISER_IDLE_HOURS)})
          and s.created_at > clock_timestamp() - make_interval(days => ${sql.lit(ORGANISER_DAYS)})
        or not (${isOrganiser} or ${assists})))`;
}
