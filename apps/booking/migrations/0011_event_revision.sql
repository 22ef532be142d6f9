-- How often what calendars show of an event has changed, so that whoever subscribed knows the newer of two entries.
-- Bookings never touch it: they change none of these columns.
alter table events add column revision integer not null default 0;
create function events_count_revisions() returns trigger language plpgsql as $$
begin
  new.revision := old.revision + 1;
  return new;
end $$;
create trigger events_count_revisions
  before update of title, summary, date_time, duration, place, online, facilitator_id, cancelled_at on events
  for each row when (
    (old.title, old.summary, old.date_time, old.duration, old.place, old.online, old.facilitator_id, old.cancelled_at)
    is distinct from
    (new.title, new.summary, new.date_time, new.duration, new.place, new.online, new.facilitator_id, new.cancelled_at)
  ) execute function events_count_revisions();
