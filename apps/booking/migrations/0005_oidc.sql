-- What the OpenID provider remembers between requests: sessions, interactions, codes, tokens, grants. All of it is
-- short-lived; expired rows are swept.
create table oidc_records (
  model text not null,
  id text not null,
  payload jsonb not null,
  grant_id text,
  user_code text,
  uid text,
  expires_at timestamptz,
  consumed_at timestamptz,
  primary key (model, id)
);
create index oidc_records_by_grant on oidc_records (grant_id) where grant_id is not null;
create unique index oidc_records_by_user_code on oidc_records (model, user_code) where user_code is not null;
create unique index oidc_records_by_uid on oidc_records (model, uid) where uid is not null;
create index oidc_records_by_expiry on oidc_records (expires_at);
