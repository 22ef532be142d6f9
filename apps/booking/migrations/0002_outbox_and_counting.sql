-- Every change of a booking counts its seats and writes its message, in the same transaction, whoever makes it.

create table outbox (
  id uuid primary key default gen_random_uuid(),
  destination text not null default 'crm',
  kind text not null,
  -- The change: which booking, its how manyth version, and what it was then. Empty for messages about people.
  booking_id integer,
  version integer,
  status text,
  seats integer,
  user_id integer,
  event_id integer,
  facilitator_id integer,
  occurred_at timestamptz not null default clock_timestamp(),
  -- Delivery. A claimed row is due again when its lease ends; a late answer is told by its attempt number.
  next_attempt_at timestamptz not null default clock_timestamp(),
  attempts integer not null default 0,
  -- How often the destination refused this very message, and since when.
  refusals integer not null default 0,
  refused_since timestamptz,
  delivered_at timestamptz,
  dead_at timestamptz,
  last_error text,
  constraint outbox_one_row_per_version unique (booking_id, version),
  constraint outbox_booking_rows_are_whole check (
    booking_id is null or (version is not null and status is not null and seats is not null and user_id is not null and event_id is not null))
);
create index outbox_due on outbox (destination, next_attempt_at) where delivered_at is null and dead_at is null;
create index outbox_dead on outbox (dead_at) where dead_at is not null;
create index outbox_arrived on outbox (delivered_at) where delivered_at is not null;

-- Whether a destination answers, shared by every relay process.
create table outbox_destinations (
  destination text primary key,
  down_since timestamptz,
  probe_at timestamptz,
  probes integer not null default 0,
  -- When it last came back, so that a delivery begun before then says nothing of it.
  up_since timestamptz,
  -- It answered 410: nothing is sent until a relay starts anew.
  stopped_at timestamptz
);
insert into outbox_destinations (destination) values ('crm');

create function booking_kind(old_status text, new_status text, old_seats integer, new_seats integer)
returns text language sql immutable as $$
  select case
    when old_status is distinct from new_status then case new_status
      when 'event_cancelled' then 'event.cancelled'
      when 'pending' then 'booking.changed'
      else 'booking.' || new_status end
    when old_seats is distinct from new_seats then 'booking.changed'
    else 'event.changed' end
$$;

-- A booking's version grows with every change, also when somebody else's client makes it. A booking that is deleted
-- and inserted again under its id goes on where it ended.
create function bookings_first_version() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  new.version := coalesce((select max(version) from outbox where booking_id = new.id), 0) + 1;
  return new;
end $$;
create trigger bookings_first_version before insert on bookings
  for each row execute function bookings_first_version();

create function bookings_next_version() returns trigger language plpgsql as $$
begin
  if new.id <> old.id then
    raise exception 'a booking keeps its id: messages tell of it by that number'
      using errcode = 'check_violation', constraint = 'bookings_id_is_kept', table = 'bookings';
  end if;
  new.version := old.version + 1;
  return new;
end $$;
create trigger bookings_next_version before update on bookings
  for each row when (old is distinct from new) execute function bookings_next_version();

-- The only writer of seats_taken and of the outbox's booking rows.
create function bookings_count_and_tell() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  touched integer[];
begin
  if tg_op = 'INSERT' then
    select array_agg(distinct event_id) into touched from new_rows;
  elsif tg_op = 'DELETE' then
    select array_agg(distinct event_id) into touched from old_rows;
  else
    select array_agg(distinct event_id) into touched
      from (select event_id from old_rows union all select event_id from new_rows) both_rows;
  end if;
  if touched is null then
    return null;
  end if;
  -- Several events are locked in one order everywhere, so two statements never wait for each other in a ring.
  if cardinality(touched) > 1 then
    perform 1 from events where id = any (touched) order by id for no key update;
  end if;

  if tg_op = 'INSERT' then
    update events set seats_taken = seats_taken + counted.seats
      from (select event_id, sum(seats) as seats from new_rows where holds_seat(status) group by event_id) counted
      where events.id = counted.event_id;
    insert into outbox (kind, booking_id, version, status, seats, user_id, event_id)
      select booking_kind(null, status, null, seats), id, version, status, seats, user_id, event_id from new_rows;
  elsif tg_op = 'DELETE' then
    update events set seats_taken = seats_taken - counted.seats
      from (select event_id, sum(seats) as seats from old_rows where holds_seat(status) group by event_id) counted
      where events.id = counted.event_id;
    insert into outbox (kind, booking_id, version, status, seats, user_id, event_id)
      select 'booking.cancelled', id, version + 1, 'cancelled', seats, user_id, event_id from old_rows;
  else
    update events set seats_taken = seats_taken + counted.seats
      from (
        select event_id, sum(seats) as seats
        from (
          select event_id, seats from new_rows where holds_seat(status)
          union all
          select event_id, -seats from old_rows where holds_seat(status)
        ) moved group by event_id having sum(seats) <> 0
      ) counted
      where events.id = counted.event_id;
    insert into outbox (kind, booking_id, version, status, seats, user_id, event_id)
      select booking_kind(o.status, n.status, o.seats, n.seats), n.id, n.version, n.status, n.seats, n.user_id, n.event_id
      from new_rows n join old_rows o on o.id = n.id
      where n.version <> o.version;
  end if;
  return null;
end $$;

create trigger bookings_count_inserted after insert on bookings
  referencing new table as new_rows for each statement execute function bookings_count_and_tell();
create trigger bookings_count_updated after update on bookings
  referencing old table as old_rows new table as new_rows for each statement execute function bookings_count_and_tell();
create trigger bookings_count_deleted after delete on bookings
  referencing old table as old_rows for each statement execute function bookings_count_and_tell();

-- Nobody sets the counter by hand: a new event starts empty, and only the counting trigger moves it.
create function events_protect_seats_taken() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    new.seats_taken := 0;
  elsif new.seats_taken is distinct from old.seats_taken then
    raise exception 'seats_taken is counted from bookings and cannot be set'
      using errcode = 'check_violation', constraint = 'events_seats_taken_is_counted', table = 'events';
  end if;
  return new;
end $$;
create trigger events_start_empty before insert on events
  for each row execute function events_protect_seats_taken();
create trigger events_protect_seats_taken before update of seats_taken on events
  for each row when (pg_trigger_depth() = 0) execute function events_protect_seats_taken();

-- What people planned on changed: each of an event's bookings that holds a seat gets a version to tell of it.
create function events_tell_bookings() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update bookings set version = version + 1 where event_id = new.id and holds_seat(status);
  return null;
end $$;
create trigger events_tell_bookings after update of title, date_time, place, online, facilitator_id on events
  for each row when (
    (old.title, old.date_time, old.place, old.online, old.facilitator_id)
    is distinct from (new.title, new.date_time, new.place, new.online, new.facilitator_id)
  ) execute function events_tell_bookings();

-- Messages about people, in the transaction that changes them.
create function people_tell() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if tg_table_name = 'facilitators' then
    insert into outbox (kind, facilitator_id) values ('facilitator.changed', new.id);
  elsif old.deleted_at is null and new.deleted_at is not null then
    insert into outbox (kind, user_id) values ('user.erased', new.id);
  else
    insert into outbox (kind, user_id) values ('user.changed', new.id);
  end if;
  return null;
end $$;
create trigger facilitators_tell after update of name, email on facilitators
  for each row when ((old.name, old.email) is distinct from (new.name, new.email)) execute function people_tell();
create trigger users_tell after update of name, email, deleted_at on users
  for each row when ((old.name, old.email, old.deleted_at) is distinct from (new.name, new.email, new.deleted_at))
  execute function people_tell();
