-- Why kas refuses the newest commit of a manifest project, beside the result of the commit in place; empty: it does not.
alter table agent_deployments
  add column refusal text not null default '',
  -- When that was last said, either way.
  add column refusal_at timestamptz not null default '-infinity';
