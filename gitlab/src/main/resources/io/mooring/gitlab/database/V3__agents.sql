-- Agents, their tokens, whom they serve, and what they last said.

create table cluster_agents (
  id                       bigint generated always as identity primary key,
  project_id               bigint      not null references projects on delete cascade,
  name                     text        not null check (length(name) <= 63),
  created_by_user_id       bigint      references users on delete set null,
  created_at               timestamptz not null,
  updated_at               timestamptz not null,
  -- The file that kas last read for this agent.
  configuration            jsonb,
  configuration_updated_at timestamptz,
  unique (project_id, name)
);

create table cluster_agent_tokens (
  id                 bigint generated always as identity primary key,
  agent_id           bigint      not null references cluster_agents on delete cascade,
  digest             bytea       not null unique,
  name               text        not null,
  description        text,
  status             smallint    not null default 0 check (status in (0, 1)),
  created_by_user_id bigint      references users on delete set null,
  created_at         timestamptz not null,
  last_used_at       timestamptz
);
create index cluster_agent_tokens_agent on cluster_agent_tokens (agent_id);

-- The last use to the second; the column above follows it at intervals. Losing this table loses nothing.
create unlogged table cluster_agent_token_uses (
  token_id     bigint      primary key,
  last_used_at timestamptz not null
);

create table agent_project_authorizations (
  agent_id   bigint not null references cluster_agents on delete cascade,
  project_id bigint not null references projects on delete cascade,
  config     jsonb  not null,
  primary key (agent_id, project_id)
);
create index agent_project_authorizations_project on agent_project_authorizations (project_id);

create table agent_group_authorizations (
  agent_id bigint not null references cluster_agents on delete cascade,
  group_id bigint not null references namespaces on delete cascade,
  config   jsonb  not null,
  primary key (agent_id, group_id)
);
create index agent_group_authorizations_group on agent_group_authorizations (group_id);

create table agent_user_access_project_authorizations (
  agent_id   bigint not null references cluster_agents on delete cascade,
  project_id bigint not null references projects on delete cascade,
  config     jsonb  not null,
  primary key (agent_id, project_id)
);
create index agent_user_access_project_authorizations_project on agent_user_access_project_authorizations (project_id);

create table agent_user_access_group_authorizations (
  agent_id bigint not null references cluster_agents on delete cascade,
  group_id bigint not null references namespaces on delete cascade,
  config   jsonb  not null,
  primary key (agent_id, group_id)
);
create index agent_user_access_group_authorizations_group on agent_user_access_group_authorizations (group_id);

create table agent_activity_events (
  id             bigint generated always as identity primary key,
  agent_id       bigint      not null references cluster_agents on delete cascade,
  kind           smallint    not null check (kind between 0 and 3),
  level          smallint    not null default 1 check (level between 0 and 5),
  recorded_at    timestamptz not null,
  user_id        bigint      references users on delete set null,
  agent_token_id bigint      references cluster_agent_tokens on delete set null,
  detail         jsonb
);
create index agent_activity_events_newest on agent_activity_events (agent_id, recorded_at desc, id desc);

-- What the agent reported last. An event that was seen is dropped when it comes again.
create table agent_report_events (
  agent_id    bigint      not null references cluster_agents on delete cascade,
  event_id    text        not null,
  received_at timestamptz not null,
  primary key (agent_id, event_id)
);
create index agent_report_events_received on agent_report_events (received_at);

create table agent_configuration_states (
  agent_id   bigint      primary key references cluster_agents on delete cascade,
  commit_id  text        not null,
  status     text        not null check (status in ('applied', 'rejected')),
  problems   jsonb       not null,
  updated_at timestamptz not null
);

create table agent_deployments (
  agent_id     bigint      not null references cluster_agents on delete cascade,
  project_path text        not null,
  commit_id    text        not null,
  outcome      text        not null check (outcome in ('running', 'succeeded', 'failed', 'halted')),
  message      text        not null default '',
  problems     jsonb       not null default '[]',
  applied      integer     not null default 0,
  unchanged    integer     not null default 0,
  pruned       integer     not null default 0,
  failed       integer     not null default 0,
  received_at  timestamptz,
  started_at   timestamptz,
  finished_at  timestamptz,
  updated_at   timestamptz not null,
  primary key (agent_id, project_path)
);

create table agent_objects (
  agent_id      bigint  not null references cluster_agents on delete cascade,
  project_path  text    not null,
  api_group     text    not null,
  kind          text    not null,
  namespace     text    not null,
  name          text    not null,
  action        text    not null,
  health        text    not null,
  message       text    not null,
  source_file   text    not null,
  source_line   integer not null,
  source_column integer not null,
  updated_at    timestamptz not null,
  primary key (agent_id, project_path, api_group, kind, namespace, name)
);

create table agent_warnings (
  id           bigint generated always as identity primary key,
  agent_id     bigint      not null references cluster_agents on delete cascade,
  project_path text        not null,
  api_group    text        not null,
  kind         text        not null,
  namespace    text        not null,
  name         text        not null,
  reason       text        not null,
  message      text        not null,
  count        integer     not null,
  happened_at  timestamptz not null
);
create index agent_warnings_newest on agent_warnings (agent_id, happened_at desc, id desc);
