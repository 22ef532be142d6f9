-- Finding events by words, however they are accented or capitalised.

-- One form for what is written and what is looked for: no accents, lower case, compatibility forms made plain.
-- unaccent alone is not immutable, since its dictionary could be replaced; ours is named and never is.
create function search_form(value text) returns text language sql immutable parallel safe strict as
  $$ select lower(public.unaccent('public.unaccent', normalize(value, NFKC))) $$;

-- The different words of a text in that form, parted by spaces.
create function search_words(value text) returns text language sql immutable parallel safe as $$
  select coalesce(string_agg(distinct word, ' '), '')
  from regexp_split_to_table(search_form(value), '[[:space:]]+') word
$$;

-- What finds a word wherever it stands, its % and _ taken for what they are.
create function search_pattern(word text) returns text language sql immutable parallel safe strict as
  $$ select '%' || regexp_replace(btrim(search_form(word)), '([\\%_])', '\\\1', 'g') || '%' $$;

-- Beside the events, not in them: the row that every booking rewrites stays short.
create table event_search (
  event_id integer primary key constraint event_search_event_exists references events (id) on delete cascade,
  words text not null
);
-- Without the pending list a search costs the same right after an import as any day.
create index event_search_words on event_search using gin (words gin_trgm_ops) with (fastupdate = off);

create function event_words(event events, facilitator_name text) returns text language sql stable as $$
  select search_words(concat_ws(' ', event.title, event.summary, left(event.description, 20000), event.practice,
    event.place, facilitator_name))
$$;

-- The lock makes an event wait for a renaming of its facilitator, and the renaming for the event.
create function events_note_words() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  facilitator_name text;
begin
  select name into facilitator_name from facilitators where id = new.facilitator_id for share;
  insert into event_search (event_id, words) values (new.id, event_words(new, facilitator_name))
    on conflict (event_id) do update set words = excluded.words;
  return null;
end $$;
create trigger events_note_words
  after insert or update of title, summary, description, practice, place, facilitator_id on events
  for each row execute function events_note_words();

create function facilitators_note_words() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update event_search set words = event_words(e, new.name)
    from events e where e.facilitator_id = new.id and e.id = event_search.event_id;
  return null;
end $$;
create trigger facilitators_note_words after update of name on facilitators
  for each row when (old.name is distinct from new.name) execute function facilitators_note_words();

insert into event_search (event_id, words)
  select e.id, event_words(e, f.name) from events e join facilitators f on f.id = e.facilitator_id;

create index events_by_practice on events (search_form(practice), date_time, id)
  where is_active and cancelled_at is null and practice is not null;

-- A moment that calendars and programs can write.
alter table events add constraint events_date_time_in_calendar check (
  date_time >= '0001-01-01 00:00:00+00' and date_time < '10000-01-01 00:00:00+00');

-- A zone the database cannot reckon with would break every question about the time of day. A trigger, since a
-- check would be made again with every booking.
create function events_know_time_zone() returns trigger language plpgsql as $$
begin
  perform new.date_time at time zone new.time_zone;
  return new;
exception when invalid_parameter_value then
  raise exception 'there is no time zone "%"', new.time_zone
    using errcode = 'check_violation', constraint = 'events_time_zone_known', table = 'events';
end $$;
create trigger events_know_time_zone before insert or update of time_zone on events
  for each row execute function events_know_time_zone();
