-- Rows as an application with the schema of version 4 left them.
insert into users (username, name, email, password_digest, admin) values
  ('root', 'Administrator', 'root@example.com', '{bcrypt}x', true), ('ann', 'Ann', 'ann@example.com', '{bcrypt}y', false);
insert into personal_access_tokens (user_id, name, digest, scopes, expires_at, created_at)
values (2, 'laptop', '\x01', '{api,read_api}', '2030-01-01', now());
insert into namespaces (kind, parent_id, owner_id, path, name, visibility, traversal_ids, created_at) values
  ('user', null, 1, 'root', 'Administrator', 'public', '{1}', now()), ('group', null, null, 'team', 'Team', 'private', '{2}', now()),
  ('group', 2, null, 'ops', 'Ops', 'private', '{2,3}', now());
insert into projects (namespace_id, creator_id, path, name, visibility, default_branch, storage_name, created_at, updated_at)
values (3, 2, 'agents', 'Agents', 'private', 'main', 'default', now(), now());
insert into routes (path, namespace_id, project_id) values ('root', 1, null), ('team', 2, null), ('team/ops', 3, null), ('team/ops/agents', null, 1);
insert into members (user_id, namespace_id, access_level, created_at) values (2, 2, 40, now());
insert into protected_branches (project_id, name) values (1, 'main'), (1, 'release/*');
insert into push_notices (project_id, next_attempt_at) values (1, now());
insert into cluster_agents (project_id, name, created_by_user_id, created_at, updated_at) values
  (1, 'here', 2, now(), now()), (1, 'gone', 2, now(), now()), (1, 'never', 2, now(), now());
insert into cluster_agent_tokens (agent_id, digest, name, created_at, last_used_at) values
  (1, '\x11', 't', now(), now() - interval '50 minutes'), (2, '\x12', 't', now(), now() - interval '3 days'), (3, '\x13', 't', now(), null);
insert into cluster_agent_token_uses (token_id, last_used_at) values (1, now() - interval '3 minutes');
insert into agent_activity_events (agent_id, kind, recorded_at, user_id) values (1, 0, now(), 2), (1, 2, now(), null), (2, 3, now(), null);
insert into agent_configuration_states (agent_id, commit_id, status, problems, updated_at) values
  (1, 'c1', 'rejected', '[{"file":"config.yaml","line":1,"column":1,"message":"m","expected":"e"}]', now());
insert into agent_deployments (agent_id, project_path, commit_id, outcome, updated_at) values
  (1, 'team/app', 'c2', 'failed', now()), (1, 'team/db', 'c3', 'succeeded', now());
insert into agent_objects (agent_id, project_path, api_group, kind, namespace, name, action, health, message,
  source_file, source_line, source_column, updated_at)
values (1, 'team/app', 'apps', 'Deployment', 'd', 'web', 'created', 'current', '', 'web.yaml', 1, 1, now());
insert into environments (project_id, name, slug, tier) values (1, 'production', 'production', 'production');
insert into ci_pipelines (project_id, ref, created_at) values (1, 'main', now());
insert into ci_jobs (pipeline_id, user_id, environment_id, status, token_digest, created_at) values (1, 2, 1, 'running', '\x21', now());
