-- Where a session was begun, so that people know their own. Earlier ones stay without.
alter table user_sessions
  add column address    text not null default '',
  add column user_agent text not null default '';
