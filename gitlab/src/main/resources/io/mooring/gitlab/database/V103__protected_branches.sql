-- Rules of protected branches: the least role that may push or merge (0 for nobody, 60 for administrators).

alter table protected_branches
  add column push_access_level  smallint    not null default 40 check (push_access_level in (0, 30, 40, 60)),
  add column merge_access_level smallint    not null default 40 check (merge_access_level in (0, 30, 40, 60)),
  add column allow_force_push   boolean     not null default false,
  add column created_at         timestamptz not null default now();
