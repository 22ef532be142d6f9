-- Mail leaves through the outbox like the notifications to CRM, as another destination; a studio says its terms; an
-- event that moved says from when.

insert into outbox_destinations (destination) values ('mail');

-- One message per change and destination. The booking comes first: its next version is counted from here.
alter table outbox drop constraint outbox_one_row_per_version;
alter table outbox add constraint outbox_one_row_per_version unique (booking_id, version, destination);

-- When the newest link of each kind was asked for. A link carries no secret of its own: it is computed from this, the
-- account and a key outside of the database, so an older one, a used one and one from a copied database open nothing.
alter table users
  add column prove_asked_at timestamptz,
  add column reset_asked_at timestamptz;

-- Kinds of changes that their person is told by mail.
create function is_mailed(kind text) returns boolean language sql immutable parallel safe as
  $$ select kind in ('booking.confirmed', 'booking.cancelled', 'event.changed', 'event.cancelled') $$;

-- As in 0002, and: what the person should know goes to them by mail too, as long as the event is not over. With
-- `samaya.mail` set to off, e.g. while the demo is filled, nobody is written to.
create or replace function bookings_count_and_tell() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  touched integer[];
  is_silent boolean := coalesce(current_setting('samaya.mail', true), '') = 'off';
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
    with told as (
      insert into outbox (kind, booking_id, version, status, seats, user_id, event_id)
        select booking_kind(null, status, null, seats), id, version, status, seats, user_id, event_id from new_rows
        returning *
    )
    insert into outbox (destination, kind, booking_id, version, status, seats, user_id, event_id)
      select 'mail', told.kind, told.booking_id, told.version, told.status, told.seats, told.user_id, told.event_id
      from told join events e on e.id = told.event_id
      where not is_silent and is_mailed(told.kind) and e.date_time + make_interval(mins => e.duration) > now();
  elsif tg_op = 'DELETE' then
    update events set seats_taken = seats_taken - counted.seats
      from (select event_id, sum(seats) as seats from old_rows where holds_seat(status) group by event_id) counted
      where events.id = counted.event_id;
    insert into outbox (kind, booking_id, version, status, seats, user_id, event_id)
      select 'booking.cancelled', id, version + 1, 'cancelled', seats, user_id, event_id from old_rows;
    insert into outbox (destination, kind, booking_id, version, status, seats, user_id, event_id)
      select 'mail', 'booking.cancelled', o.id, o.version + 1, 'cancelled', o.seats, o.user_id, o.event_id
      from old_rows o join events e on e.id = o.event_id
      where not is_silent and (holds_seat(o.status) or o.status = 'waitlisted')
        and e.date_time + make_interval(mins => e.duration) > now();
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
    with told as (
      insert into outbox (kind, booking_id, version, status, seats, user_id, event_id)
        select booking_kind(o.status, n.status, o.seats, n.seats), n.id, n.version, n.status, n.seats, n.user_id, n.event_id
        from new_rows n join old_rows o on o.id = n.id
        where n.version <> o.version
        returning *
    )
    insert into outbox (destination, kind, booking_id, version, status, seats, user_id, event_id)
      select 'mail', told.kind, told.booking_id, told.version, told.status, told.seats, told.user_id, told.event_id
      from told join events e on e.id = told.event_id join old_rows o on o.id = told.booking_id
      where not is_silent and is_mailed(told.kind) and e.date_time + make_interval(mins => e.duration) > now()
        -- Who was marked as missing or present and is put back knows of their place.
        and not (told.kind = 'booking.confirmed' and holds_seat(o.status));
  end if;
  return null;
end $$;

-- When an event with bookings moves, where it was stays to be read; back at its old time it never moved.
alter table events add column moved_from timestamptz;
create function events_note_move() returns trigger language plpgsql as $$
begin
  if old.moved_from = new.date_time then
    new.moved_from := null;
  elsif old.seats_taken > 0 then
    new.moved_from := coalesce(old.moved_from, old.date_time);
  end if;
  return new;
end $$;
create trigger events_note_move before update of date_time on events
  for each row when (old.date_time is distinct from new.date_time) execute function events_note_move();

alter table studio
  -- What people read before they book, e.g. until when one may cancel.
  add column terms text,
  -- Once somebody changed the settings on their page, those of the environment no longer win.
  add column changed_at timestamptz;

-- Messages that were sent where no mail server is set, to be read on the page of the local mailbox.
create table local_mailbox (
  -- The outbox row's id, so that a message stands here once however often it is sent.
  id uuid primary key,
  sent_at timestamptz not null default clock_timestamp(),
  recipient text not null,
  subject text not null,
  text text not null,
  html text not null,
  calendar text
);
create index local_mailbox_by_time on local_mailbox (sent_at);
