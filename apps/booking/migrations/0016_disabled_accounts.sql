-- An admin can disable an account: nobody signs in to it, by whatever door, until it is enabled again. Bookings stay.
alter table users add column disabled_at timestamptz;

-- A sign-in of somebody who was erased or disabled is kept by nobody. The share lock waits for whoever is doing it.
create function sign_ins_refuse_ended() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  is_closed boolean;
begin
  select deleted_at is not null or disabled_at is not null into is_closed from users where id = new.user_id for share;
  if is_closed then
    raise exception 'the account was erased or disabled'
      using errcode = 'check_violation', constraint = 'sign_ins_account_is_open', table = 'sign_ins';
  end if;
  return new;
end $$;
create trigger sign_ins_refuse_ended before insert or update of user_id on sign_ins
  for each row execute function sign_ins_refuse_ended();

-- Whoever disables or erases an account ends its sign-ins and what the sign-in provider knows of it, and tells CRM,
-- which ends its own.
create function users_end_sign_ins() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  delete from sign_ins where user_id = new.id;
  delete from oidc_records where user_id = new.id;
  -- Of an erasure CRM is told by a message of its own.
  if new.deleted_at is null then
    insert into outbox (kind, user_id) values ('user.signed_out', new.id);
  end if;
  return null;
end $$;
create trigger users_end_sign_ins after update of deleted_at, disabled_at on users
  for each row when (
    (old.deleted_at is null and new.deleted_at is not null) or (old.disabled_at is null and new.disabled_at is not null)
  ) execute function users_end_sign_ins();
