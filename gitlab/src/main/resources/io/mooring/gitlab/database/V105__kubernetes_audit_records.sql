-- One row a request that kas proxied or refused. Rows outlive agents, people and projects, so nothing is
-- referenced. A record that kas delivers twice is stored once, by its request_id.

create table kubernetes_audit_records (
  id                bigint generated always as identity primary key,
  request_id        text        not null unique,
  time              timestamptz not null,
  duration_ms       bigint,
  agent_id          bigint      not null,
  config_project_id bigint,
  credential        text,
  user_id           bigint,
  username          text,
  job_id            bigint,
  ci_project_id     bigint,
  identity          text,
  method            text,
  path              text,
  verb              text,
  api_group         text,
  api_version       text,
  resource          text,
  subresource       text,
  namespace         text,
  name              text,
  status            integer,
  bytes_in          bigint,
  bytes_out         bigint,
  upgraded          boolean,
  refusal           text,
  client_address    text,
  user_agent        text
);

-- Lists are read newest first, from where the page before ended.
create index kubernetes_audit_records_time on kubernetes_audit_records (time, id);
create index kubernetes_audit_records_username on kubernetes_audit_records (username, time, id);
create index kubernetes_audit_records_project on kubernetes_audit_records (config_project_id, time, id);
create index kubernetes_audit_records_agent on kubernetes_audit_records (agent_id, time, id);
create index kubernetes_audit_records_agent_username on kubernetes_audit_records (agent_id, username, time, id);
create index kubernetes_audit_records_agent_namespace on kubernetes_audit_records (agent_id, namespace, time, id);
create index kubernetes_audit_records_agent_resource on kubernetes_audit_records (agent_id, resource, time, id);
create index kubernetes_audit_records_agent_verb on kubernetes_audit_records (agent_id, verb, time, id);
create index kubernetes_audit_records_agent_status on kubernetes_audit_records (agent_id, status, time, id);
