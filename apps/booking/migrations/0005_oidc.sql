-- What the OpenID provider remembers between requests: sessions, interactions, codes, tokens, grants. All of it is
-- short-lived; expired rows are swept. What is about a person names them, and ends with their sign-ins.
create table oidc_records (
  model text not null,
  id text not null,
  payload jsonb not null,
  grant_id text,
  user_code text,
  uid text,
  user_id integer references users (id) on delete cascade,
  expires_at timestamptz,
  consumed_at timestamptz,
  primary key (model, id)
);
create index oidc_records_by_grant on oidc_records (grant_id) where grant_id is not null;
create unique index oidc_records_by_user_code on oidc_records (model, user_code) where user_code is not null;
create unique index oidc_records_by_uid on oidc_records (model, uid) where uid is not null;
create index oidc_records_by_user on oidc_records (user_id) where user_id is not null;
create index oidc_records_by_expiry on oidc_records (expires_at);
