-- Tokens that people make for programs of theirs: sign-ins of kind `api` that have a name, and may do only so much.
alter table sign_ins
  add column name varchar(60) constraint sign_ins_name_given check (name <> ''),
  add column scopes text[]
    constraint sign_ins_scopes_known check (scopes @> array['read'] and scopes <@ array['read', 'book', 'organise']),
  add constraint sign_ins_token_whole
    check ((name is null) = (scopes is null) and (name is null or kind = 'api'));
