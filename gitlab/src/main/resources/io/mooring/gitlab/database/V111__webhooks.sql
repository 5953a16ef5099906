-- Webhooks of projects and groups, and their deliveries, which are outbox and log in one.

create table webhooks (
  id                   bigint generated always as identity primary key,
  uuid                 uuid        not null unique default gen_random_uuid(),
  project_id           bigint      references projects on delete cascade,
  group_id             bigint      references namespaces on delete cascade,
  url                  text        not null,
  name                 text        not null,
  description          text        not null,
  -- Sealed with the key of the application; the first is what the receiver compares, the second signs.
  token                bytea,
  signing_secret       bytea       not null,
  presence_events      boolean     not null,
  configuration_events boolean     not null,
  sync_events          boolean     not null,
  failures             integer     not null default 0,
  disabled_until       timestamptz,
  disabled             boolean     not null default false,
  created_at           timestamptz not null,
  check ((project_id is null) <> (group_id is null))
);
create index webhooks_project on webhooks (project_id);
create index webhooks_group on webhooks (group_id);

create table webhook_deliveries (
  id              bigint generated always as identity primary key,
  webhook_id      bigint      not null references webhooks on delete cascade,
  -- The same for every attempt, so that the receiver knows what it has already.
  uuid            uuid        not null default gen_random_uuid(),
  event           text        not null,
  event_uuid      uuid        not null,
  body            text        not null,
  created_at      timestamptz not null,
  attempts        integer     not null default 0,
  -- Empty when nothing is to be done any more.
  next_attempt_at timestamptz,
  attempted_at    timestamptz,
  succeeded       boolean     not null default false,
  status          integer,
  answer          text        not null default '',
  problem         text        not null default '',
  duration_ms     bigint
);
create index webhook_deliveries_due on webhook_deliveries (next_attempt_at) where next_attempt_at is not null;
create index webhook_deliveries_newest on webhook_deliveries (webhook_id, id desc);
create index webhook_deliveries_created on webhook_deliveries (created_at);
