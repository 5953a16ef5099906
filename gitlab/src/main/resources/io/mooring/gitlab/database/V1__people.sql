-- People, how they prove who they are, and the guard against guessing.

create table users (
  id              bigint generated always as identity primary key,
  username        text        not null,
  name            text        not null,
  email           text        not null,
  password_digest text        not null,
  admin           boolean     not null default false,
  state           text        not null default 'active' check (state in ('active', 'blocked')),
  created_at      timestamptz not null default now()
);
create unique index users_username on users (lower(username));
create unique index users_email on users (lower(email));

-- A session is found by the digest of the identifier in the cookie. Without a user it carries only the secret
-- that a sign-in form is protected with.
create table user_sessions (
  digest       text        primary key,
  user_id      bigint      references users on delete cascade,
  csrf_secret  bytea       not null,
  created_at   timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at   timestamptz not null
);
create index user_sessions_expires_at on user_sessions (expires_at);
create index user_sessions_user on user_sessions (user_id);

create table personal_access_tokens (
  id           bigint generated always as identity primary key,
  user_id      bigint      not null references users on delete cascade,
  name         text        not null,
  description  text,
  digest       bytea       not null unique,
  scopes       text[]      not null,
  revoked      boolean     not null default false,
  expires_at   date        not null,
  created_at   timestamptz not null,
  last_used_at timestamptz
);
create index personal_access_tokens_user on personal_access_tokens (user_id);

-- Failed sign-ins of the running window, by what was tried and from where.
create unlogged table sign_in_failures (
  subject     text        primary key,
  failures    integer     not null,
  window_ends timestamptz not null
);
