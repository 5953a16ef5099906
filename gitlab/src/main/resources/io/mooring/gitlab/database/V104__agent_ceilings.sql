-- What the configuration of an agent cannot exceed, as an administrator set it.

create table agent_ceilings (
  agent_id           bigint      primary key references cluster_agents on delete cascade,
  ceiling            jsonb       not null,
  updated_at         timestamptz not null,
  updated_by_user_id bigint      references users on delete set null
);
