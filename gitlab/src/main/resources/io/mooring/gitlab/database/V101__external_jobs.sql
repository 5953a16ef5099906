-- Jobs that a CI outside this application runs, what they are started with, and when they end by themselves.

alter table ci_pipelines add column tag boolean not null default false;
create index ci_pipelines_project on ci_pipelines (project_id, id);

alter table ci_jobs
  add column name           text        not null default 'job',
  add column expires_at     timestamptz not null default now() + interval '1 hour',
  add column failure_reason text;
create index ci_jobs_running on ci_jobs (expires_at) where status = 'running';
create index ci_jobs_finished on ci_jobs (finished_at);

-- A token that may start jobs of one project in the name of who made it, and nothing else.
create table ci_triggers (
  id           bigint generated always as identity primary key,
  project_id   bigint      not null references projects on delete cascade,
  owner_id     bigint      not null references users on delete cascade,
  description  text        not null,
  digest       bytea       not null unique,
  short_token  text        not null,
  created_at   timestamptz not null,
  updated_at   timestamptz not null,
  last_used_at timestamptz
);
create index ci_triggers_project on ci_triggers (project_id, id);
create index ci_triggers_owner on ci_triggers (owner_id);
