package io.mooring.gitlab.web.admin;

import io.mooring.gitlab.agent.Agent;
import io.mooring.gitlab.agent.AgentSummaries;
import io.mooring.gitlab.agent.AgentSummary;
import io.mooring.gitlab.agent.Agents;
import io.mooring.gitlab.ceiling.CeilingChanges;
import io.mooring.gitlab.ceiling.Ceilings;
import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.Page;
import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.identity.User;
import io.mooring.gitlab.project.Access;
import io.mooring.gitlab.web.Answers;
import io.mooring.gitlab.web.Layout;
import io.mooring.gitlab.web.Notice;
import io.mooring.gitlab.web.Visit;
import io.mooring.gitlab.web.html.Html;
import java.time.InstantSource;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Ceilings of agents, as administrators see and set them. */
@RestController
@RequestMapping("/admin")
class CeilingPageController {
  private final Layout layout;
  private final Access access;
  private final Agents agents;
  private final AgentSummaries summaries;
  private final Ceilings ceilings;
  private final CeilingChanges changes;
  private final CeilingFormReader reader;
  private final InstantSource clock;

  CeilingPageController(
      Layout layout,
      Access access,
      Agents agents,
      AgentSummaries summaries,
      Ceilings ceilings,
      CeilingChanges changes,
      CeilingFormReader reader,
      InstantSource clock) {
    this.layout = layout;
    this.access = access;
    this.agents = agents;
    this.summaries = summaries;
    this.ceilings = ceilings;
    this.changes = changes;
    this.reader = reader;
    this.clock = clock;
  }

  @GetMapping("/ceilings")
  Html list(Visit visit, Parameters parameters) {
    User _ = visit.caller().requireAdmin();
    String search = parameters.text("search").orElse("");
    Page page = Page.of(parameters);
    Page.Slice<AgentSummary> slice = summaries.visible(access.viewer(visit.caller()), search, page);
    return layout.page(
        visit,
        AdminFrame.of(AdminFrame.CEILINGS),
        CeilingListView.view(
            slice,
            page,
            search,
            ceilings.of(slice.items().stream().map(AgentSummary::id).toList())));
  }

  @GetMapping("/cluster_agents/{agent}/ceiling")
  Html show(Visit visit, @PathVariable("agent") long id) {
    User _ = visit.caller().requireAdmin();
    Agent agent = require(id);
    return page(
        visit,
        agent,
        ceilings
            .find(id)
            .map(found -> CeilingForm.of(found, reader::projectPath, reader::groupPath))
            .orElse(CeilingForm.NO_LIMITS));
  }

  @PostMapping("/cluster_agents/{agent}/ceiling")
  ResponseEntity<Html> set(Visit visit, @PathVariable("agent") long id, Parameters parameters) {
    User admin = visit.caller().requireAdmin();
    Agent agent = require(id);
    return switch (reader.read(CeilingForm.sent(parameters))) {
      case CeilingFormReader.Read.Wrong(CeilingForm form) ->
          Answers.refused(page(visit, agent, form));
      case CeilingFormReader.Read.Sound(var ceiling) -> {
        changes.set(admin, agent, ceiling);
        yield Answers.changed(CeilingFormView.link(id), Notice.CEILING_SET);
      }
    };
  }

  @PostMapping("/cluster_agents/{agent}/ceiling/remove")
  ResponseEntity<Html> remove(Visit visit, @PathVariable("agent") long id) {
    changes.remove(visit.caller().requireAdmin(), require(id));
    return Answers.changed(CeilingFormView.link(id), Notice.CEILING_REMOVED);
  }

  private Agent require(long id) {
    return agents.find(id).orElseThrow(ApiException::notFound);
  }

  private Html page(Visit visit, Agent agent, CeilingForm form) {
    return layout.page(
        visit,
        AdminFrame.of(AdminFrame.CEILINGS)
            .titled("Ceiling of " + agent.name())
            .crumb("Ceilings", AdminFrame.CEILINGS),
        CeilingFormView.view(visit, agent, ceilings.setting(agent.id()), form, clock.instant()));
  }
}
