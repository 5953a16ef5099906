-- Rows that an application with the schema of version 105 added.
insert into ci_triggers (project_id, owner_id, description, digest, short_token, created_at, updated_at)
values (1, 2, 'nightly', '\x31', 'glptt-ab', now(), now());
insert into audit_events (created_at, name, author_id, author_name, entity_type, entity_id, entity_path, target_type, target_id,
  target_details, details)
values (now(), 'project_created', 2, 'ann', 'project', 1, 'team/ops/agents', 'Project', 1, 'Agents', '{}');
insert into agent_ceilings (agent_id, ceiling, updated_at, updated_by_user_id) values (1, '{"verbs":["get"]}', now(), 1);
insert into kubernetes_audit_records (request_id, time, agent_id, username, verb) values ('r1', now(), 1, 'ann', 'get');
