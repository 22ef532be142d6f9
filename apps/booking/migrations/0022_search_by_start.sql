-- The start beside the words: the next events are looked through for words without a look at the events themselves, so
-- four times as many in the same time, and those found by the index of words are put in order without reading each.

alter table event_search add column date_time timestamptz;
-- Made again afterwards: with it in place each row would be put into it once more.
drop index event_search_words;
update event_search s set date_time = e.date_time from events e where e.id = s.event_id;
alter table event_search alter column date_time set not null;
create index event_search_words on event_search using gin (words gin_trgm_ops) with (fastupdate = off);
create index event_search_by_start on event_search (date_time, event_id);

create or replace function events_note_words() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  facilitator_name text;
begin
  select name into facilitator_name from facilitators where id = new.facilitator_id for share;
  insert into event_search (event_id, words, date_time)
    values (new.id, event_words(new, facilitator_name), new.date_time)
    on conflict (event_id) do update set words = excluded.words, date_time = excluded.date_time;
  return null;
end $$;
drop trigger events_note_words on events;
create trigger events_note_words
  after insert or update of title, summary, description, practice, place, facilitator_id, date_time on events
  for each row execute function events_note_words();
