-- People change their address. The one they want waits until its mailbox was opened, and some mails go elsewhere than to
-- the address of now: to the one that is wanted, or to the one that was.

alter table users
  add column new_email varchar(120),
  add column new_email_asked_at timestamptz,
  add constraint users_new_email_with_time check ((new_email is null) = (new_email_asked_at is null));

-- Whatever changes whose an account is, or how one gets in, ends a change of address that is on its way: it may be that
-- of somebody who was in before.
create function users_void_new_email() returns trigger language plpgsql as $$
begin
  new.new_email := null;
  new.new_email_asked_at := null;
  return new;
end $$;
create trigger users_void_new_email before update of email, password, google_id, deleted_at on users
  for each row when (
    old.new_email is not null
    and (old.email, old.password, old.google_id, old.deleted_at)
      is distinct from (new.email, new.password, new.google_id, new.deleted_at)
  ) execute function users_void_new_email();

-- Where a mail goes that is not for the person's address of now.
alter table outbox add column recipient varchar(120);
create index outbox_sent_elsewhere on outbox (user_id) where recipient is not null;
