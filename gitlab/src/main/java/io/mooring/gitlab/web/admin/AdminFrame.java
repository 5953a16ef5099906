package io.mooring.gitlab.web.admin;

import io.mooring.gitlab.web.Frame;
import io.mooring.gitlab.web.html.Link;
import java.util.List;

/** What stands around the pages of administrators. */
final class AdminFrame {
  static final Link PEOPLE = Link.to("/admin");
  static final Link GROUPS = Link.to("/admin/groups");
  static final Link CEILINGS = Link.to("/admin/ceilings");
  static final Link AUDIT = Link.to("/admin/audit_events");
  static final Link INSTANCE = Link.to("/admin/instance");

  private AdminFrame() {}

  static Frame of(Link current) {
    return Frame.of("Administration")
        .with(
            List.of(
                Frame.Tab.of("People", PEOPLE, current.equals(PEOPLE)),
                Frame.Tab.of("Groups", GROUPS, current.equals(GROUPS)),
                Frame.Tab.of("Ceilings", CEILINGS, current.equals(CEILINGS)),
                Frame.Tab.of("Audit events", AUDIT, current.equals(AUDIT)),
                Frame.Tab.of("Instance", INSTANCE, current.equals(INSTANCE))));
  }
}
