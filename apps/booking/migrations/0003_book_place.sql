-- The one way to book: every door of the application calls this function. It inserts first and lets the
-- counting trigger and the capacity check decide; counting first and inserting second leaks seats.
--
-- Answers the booking, or no row when one of the conditions does not hold (the caller then asks which).
-- Raises check_violation (events_seats_within_capacity) when there are not enough seats, and SA001 when the
-- event closed while the statement waited for its turn. Either leaves no trace.
create function book_place(for_user integer, at_event integer, wanted_seats integer) returns setof bookings
language plpgsql as $$
declare
  booked bookings;
begin
  insert into bookings (user_id, event_id, seats)
    select u.id, e.id, wanted_seats
    from events e, users u
    where e.id = at_event and u.id = for_user and u.deleted_at is null
      and e.is_active and e.cancelled_at is null and e.date_time > clock_timestamp()
      and wanted_seats <= e.max_participants
    -- The foreign key takes this lock anyway, but too late to see that the person was erased meanwhile.
    for key share of u
    on conflict (event_id, user_id) where holds_seat(status) or status = 'waitlisted' do nothing
    returning * into booked;
  if not found then
    return;
  end if;
  -- The trigger may have waited for the event's row; what was open before may be closed now.
  perform 1 from events e
    where e.id = at_event and e.is_active and e.cancelled_at is null and e.date_time > clock_timestamp();
  if not found then
    raise exception 'the event closed while this booking waited' using errcode = 'SA001';
  end if;
  return next booked;
end $$;

-- The first answer to a request that may be repeated, kept so that its repetition gets the same bytes.
create table idempotency_keys (
  owner text not null,
  key text not null,
  fingerprint text not null,
  status integer,
  body text,
  created_at timestamptz not null default clock_timestamp(),
  primary key (owner, key)
);
create index idempotency_keys_by_age on idempotency_keys (created_at);
