-- Groups, projects, who belongs to them, and the one place that says which path is whose.

create table namespaces (
  id            bigint generated always as identity primary key,
  kind          text        not null check (kind in ('group', 'user')),
  parent_id     bigint      references namespaces on delete cascade,
  owner_id      bigint      references users on delete cascade,
  path          text        not null,
  name          text        not null,
  description   text        not null default '',
  visibility    text        not null check (visibility in ('private', 'internal', 'public')),
  -- The ids from the root down to this namespace.
  traversal_ids bigint[]    not null,
  created_at    timestamptz not null,
  check ((kind = 'user') = (owner_id is not null)),
  check (kind = 'group' or parent_id is null)
);
create unique index namespaces_owner on namespaces (owner_id) where kind = 'user';
create index namespaces_parent on namespaces (parent_id);
create index namespaces_traversal on namespaces using gin (traversal_ids);

create table projects (
  id                bigint generated always as identity primary key,
  namespace_id      bigint      not null references namespaces on delete cascade,
  creator_id        bigint      references users on delete set null,
  path              text        not null,
  name              text        not null,
  description       text        not null default '',
  visibility        text        not null check (visibility in ('private', 'internal', 'public')),
  repository_access text        not null default 'enabled' check (repository_access in ('enabled', 'private', 'disabled')),
  default_branch    text        not null,
  storage_name      text        not null,
  created_at        timestamptz not null,
  updated_at        timestamptz not null
);
create index projects_namespace on projects (namespace_id);

-- Full paths, unique over groups, people and projects, whatever their case.
create table routes (
  path         text   not null,
  namespace_id bigint unique references namespaces on delete cascade,
  project_id   bigint unique references projects on delete cascade,
  check ((namespace_id is null) <> (project_id is null))
);
create unique index routes_path on routes (lower(path));
create index routes_path_prefix on routes (lower(path) text_pattern_ops);

create table members (
  id           bigint generated always as identity primary key,
  user_id      bigint      not null references users on delete cascade,
  namespace_id bigint      references namespaces on delete cascade,
  project_id   bigint      references projects on delete cascade,
  access_level smallint    not null check (access_level in (10, 20, 30, 40, 50)),
  created_at   timestamptz not null,
  expires_at   date,
  check ((namespace_id is null) <> (project_id is null)),
  unique (user_id, namespace_id),
  unique (user_id, project_id)
);
create index members_namespace on members (namespace_id);
create index members_project on members (project_id);

create table protected_branches (
  id         bigint generated always as identity primary key,
  project_id bigint not null references projects on delete cascade,
  name       text   not null,
  unique (project_id, name)
);

-- Repositories of deleted projects that the Git server has still to remove.
create table repository_removals (
  id              bigint generated always as identity primary key,
  storage_name    text        not null,
  relative_path   text        not null,
  gl_repository   text        not null,
  gl_project_path text        not null,
  attempts        integer     not null default 0,
  next_attempt_at timestamptz not null
);
create index repository_removals_due on repository_removals (next_attempt_at);

-- Changed projects that kas has still to hear of, one row a project however many pushes. The generation tells
-- a push that came while the notice was on its way.
create table push_notices (
  project_id      bigint      primary key references projects on delete cascade,
  generation      bigint      not null default 1,
  attempts        integer     not null default 0,
  next_attempt_at timestamptz not null
);
create index push_notices_due on push_notices (next_attempt_at);
