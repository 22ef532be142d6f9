-- Which sign-ins ended lately. A process that remembers whom it saw asks here, so that whoever signed out, or was erased,
-- at another process is a stranger to it within a second.
create table ended_sign_ins (
  sign_in_id bigint not null,
  ended_at timestamptz not null default clock_timestamp()
);
create index ended_sign_ins_by_time on ended_sign_ins (ended_at);

create function sign_ins_tell_end() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into ended_sign_ins (sign_in_id) select id from old_rows;
  return null;
end $$;
create trigger sign_ins_tell_end after delete on sign_ins
  referencing old table as old_rows for each statement execute function sign_ins_tell_end();
