-- Whether agents are there, alerts about those that went away, and what of an agent fails now.

-- One row for each agent that was ever heard of. Nobody looks at a row before it is due.
create table agent_presences (
  agent_id    bigint      primary key references cluster_agents on delete cascade,
  state       text        not null check (state in ('present', 'leaving', 'lost', 'returning')),
  since       timestamptz not null,
  seen_at     timestamptz not null,
  -- Empty for a lost agent: it is looked at when it is heard of again.
  due_at      timestamptz,
  -- How often it was lost without being there for long in between.
  losses      integer     not null default 0,
  returned_at timestamptz not null
);
create index agent_presences_due on agent_presences (due_at) where due_at is not null;

-- Agents that this application knew before it kept an eye on them.
insert into agent_presences (agent_id, state, since, seen_at, due_at, returned_at)
select agent_id, case when used > now() - interval '1 hour' then 'present' else 'lost' end, used, used,
  case when used > now() - interval '1 hour' then now() + interval '10 minutes' end, used
from (
  select t.agent_id, max(greatest(t.last_used_at, u.last_used_at)) as used
  from cluster_agent_tokens t left join cluster_agent_token_uses u on u.token_id = t.id
  group by t.agent_id) known
where used is not null;

create table agent_alerts (
  id          bigint generated always as identity primary key,
  agent_id    bigint      not null references cluster_agents on delete cascade,
  reason      text        not null check (reason in ('disconnected', 'silent')),
  seen_at     timestamptz not null,
  raised_at   timestamptz not null,
  resolved_at timestamptz
);
create unique index agent_alerts_open on agent_alerts (agent_id) where resolved_at is null;
create index agent_alerts_newest on agent_alerts (agent_id, raised_at desc, id desc);

-- When somebody last looked, so that an application that was away does not take its own absence for that of agents.
create table presence_watch (
  id              boolean     primary key default true check (id),
  last_round_at   timestamptz not null,
  listening_since timestamptz not null
);
insert into presence_watch (last_round_at, listening_since) values ('-infinity', now());

-- What fails now: a manifest project of an agent, or its configuration, whose path is empty.
create table agent_failures (
  agent_id     bigint      not null references cluster_agents on delete cascade,
  project_path text        not null,
  commit_id    text        not null,
  since        timestamptz not null,
  primary key (agent_id, project_path)
);
insert into agent_failures (agent_id, project_path, commit_id, since)
select agent_id, project_path, commit_id, updated_at from agent_deployments where outcome in ('failed', 'halted')
union all
select agent_id, '', commit_id, updated_at from agent_configuration_states where status = 'rejected';

alter table agent_activity_events drop constraint agent_activity_events_kind_check,
  add constraint agent_activity_events_kind_check check (kind between 0 and 5);
