-- What is rare among a million events is found by an index, whichever filter asks for it; what is frequent is met soon
-- enough on the way along `events_by_start`. There is none for free places: it would be rewritten by every booking.

create index events_by_type on events (event_type, date_time, id) where is_active and cancelled_at is null;
create index events_by_level on events (search_form(level), date_time, id)
  where is_active and cancelled_at is null and level is not null;
create index events_by_hour on events (extract(hour from date_time at time zone time_zone), date_time, id)
  where is_active and cancelled_at is null;
create index events_by_price on events (price, date_time, id) where is_active and cancelled_at is null;
create index events_by_being_online on events (online, date_time, id) where is_active and cancelled_at is null;

-- For whoever runs all of them. The longest says since when an event that is still on can have begun.
create index events_standing on events (date_time, id) where cancelled_at is null;
create index events_closed on events (date_time, id) where cancelled_at is null and not is_active;
create index events_cancelled on events (date_time, id) where cancelled_at is not null;
create index events_by_length on events (duration);

-- People are looked for by parts of their names and addresses.
create index users_by_words on users using gin (search_form(name || ' ' || email) gin_trgm_ops)
  with (fastupdate = off) where deleted_at is null;
