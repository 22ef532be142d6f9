-- Who dealt with a notification: the user at booking.
alter table booking_notifications add column processed_by integer;

-- What is processed, newest first, also where nearly everything waits.
create index booking_notifications_done on booking_notifications (facilitator_id, id desc) where processed;

create or replace function booking_notifications_arrive() returns trigger
language plpgsql
security definer
set search_path = public, pg_temp
as $$
declare
  renamed renamed_users;
begin
  insert into facilitator_streams as stream (facilitator_id, position) values (new.facilitator_id, 1)
    on conflict (facilitator_id) do update set position = stream.position + 1
    returning position into new.stream_position;
  if tg_op = 'INSERT' then
    if exists (select 1 from booking_notifications known where known.booking_id = new.booking_id and known.version > new.version) then
      new.superseded := true;
    end if;
    select * into renamed from renamed_users known
      where known.user_id = new.user_id and known.changed_at > new.occurred_at;
    if found then
      new.user_name := renamed.user_name;
      new.user_email := renamed.user_email;
    end if;
    if exists (select 1 from erased_users erased where erased.user_id = new.user_id) then
      new.user_name := 'Deleted person';
      new.user_email := 'deleted-' || new.user_id || '@deleted.invalid';
    end if;
  end if;
  if tg_op = 'INSERT' or new.processed <> old.processed then
    new.processed_at := case when new.processed then clock_timestamp() end;
    new.processed_by := case when new.processed then new.processed_by end;
  end if;
  return new;
end $$;
