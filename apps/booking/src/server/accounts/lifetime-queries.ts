import { type RawBuilder, sql } from 'kysely';
import { IDLE_DAYS, ORGANISER_DAYS, ORGANISER_IDLE_HOURS } from './account.ts';

/**
 * Whether the sign-in `s` still holds, by the database's clock. A page's ends earlier than written when nobody used it,
 * and earlier still for who organises; a program's token has its day and keeps to it.
 */
export function holds(isOrganiser: RawBuilder<boolean>): RawBuilder<boolean> {
  return sql<boolean>`s.expires_at > clock_timestamp() and (s.kind = 'api'
    or s.last_seen_at > clock_timestamp() - make_interval(days => ${sql.lit(IDLE_DAYS)})
      and (not (${isOrganiser})
        or s.last_seen_at > clock_timestamp() - make_interval(hours => ${sql.lit(ORGANISER_IDLE_HOURS)})
          and s.created_at > clock_timestamp() - make_interval(days => ${sql.lit(ORGANISER_DAYS)})))`;
}
