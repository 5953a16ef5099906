-- Who changed what: administrative acts and changes of access. Rows outlive what they tell of.

create table audit_events (
  id             bigint generated always as identity primary key,
  created_at     timestamptz not null,
  name           text        not null,
  author_id      bigint      not null,
  author_name    text        not null,
  entity_type    text        not null check (entity_type in ('instance', 'group', 'project', 'user')),
  entity_id      bigint      not null,
  entity_path    text        not null,
  target_type    text        not null,
  target_id      bigint      not null,
  target_details text        not null,
  details        jsonb       not null,
  ip_address     text,
  request_id     text
);
create index audit_events_created on audit_events (created_at);
create index audit_events_entity on audit_events (entity_type, entity_id, id);
create index audit_events_author on audit_events (author_id, id);
