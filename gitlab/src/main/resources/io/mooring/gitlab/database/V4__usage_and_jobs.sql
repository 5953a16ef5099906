-- What kas counts, and the rows that a job token is checked against.

create table usage_counters (
  name  text   primary key,
  value bigint not null
);

create table usage_unique_counters (
  name        text   not null,
  item        bigint not null,
  recorded_on date   not null,
  primary key (name, recorded_on, item)
);

create table usage_events (
  id          bigint generated always as identity primary key,
  name        text        not null,
  detail      jsonb       not null,
  recorded_at timestamptz not null
);
create index usage_events_recorded on usage_events (recorded_at);

create table environments (
  id                   bigint generated always as identity primary key,
  project_id           bigint not null references projects on delete cascade,
  name                 text   not null,
  slug                 text   not null,
  tier                 text   not null check (tier in ('production', 'staging', 'testing', 'development', 'other')),
  cluster_agent_id     bigint references cluster_agents on delete set null,
  kubernetes_namespace text,
  flux_resource_path   text,
  unique (project_id, name),
  unique (project_id, slug)
);

create table ci_pipelines (
  id         bigint generated always as identity primary key,
  project_id bigint      not null references projects on delete cascade,
  ref        text        not null,
  created_at timestamptz not null
);

create table ci_jobs (
  id             bigint generated always as identity primary key,
  pipeline_id    bigint      not null references ci_pipelines on delete cascade,
  user_id        bigint      references users on delete cascade,
  environment_id bigint      references environments on delete set null,
  status         text        not null check (status in ('running', 'success', 'failed', 'canceled')),
  token_digest   bytea       not null unique,
  created_at     timestamptz not null,
  finished_at    timestamptz
);
create index ci_jobs_pipeline on ci_jobs (pipeline_id);
