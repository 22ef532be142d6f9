-- When booking last said that every sign-in of a person has ended, so that one which was on its way then is not kept.
create table sign_outs (
  user_id integer primary key,
  ended_at timestamptz not null
);
