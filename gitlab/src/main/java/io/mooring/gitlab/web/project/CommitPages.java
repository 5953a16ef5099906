package io.mooring.gitlab.web.project;

import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.ExternalUrl;
import io.mooring.gitlab.http.Page;
import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.project.Project;
import io.mooring.gitlab.repository.Commit;
import io.mooring.gitlab.repository.Trees;
import io.mooring.gitlab.web.Layout;
import io.mooring.gitlab.web.Parts;
import io.mooring.gitlab.web.Visit;
import io.mooring.gitlab.web.html.Html;
import io.mooring.gitlab.web.html.Link;
import io.mooring.wire.gitaly.GitCommit;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** The history of a repository. Thread-safe. */
@Component
class CommitPages {
  private final Layout layout;
  private final ProjectFrame frames;
  private final Trees trees;
  private final ChangeView changes;
  private final ExternalUrl external;
  private final InstantSource clock;

  CommitPages(
      Layout layout,
      ProjectFrame frames,
      Trees trees,
      ChangeView changes,
      ExternalUrl external,
      InstantSource clock) {
    this.layout = layout;
    this.frames = frames;
    this.trees = trees;
    this.changes = changes;
    this.external = external;
    this.clock = clock;
  }

  Html list(Visit visit, Project project, String revision, Parameters parameters) {
    Page page = Page.of(parameters);
    Optional<GitCommit> tip =
        trees.commit(project.repository(), revision.isEmpty() ? project.defaultBranch() : revision);
    if (tip.isEmpty() && !revision.isEmpty()) {
      throw ApiException.notFound("Commit");
    }
    int wanted = (int) Math.min(page.offset() + page.size() + 1, Trees.MAX_ENTRIES);
    List<GitCommit> all =
        tip.map(commit -> trees.history(project.repository(), commit.getId(), wanted))
            .orElse(List.of());
    int from = (int) Math.min(page.offset(), all.size());
    List<GitCommit> shown = all.subList(from, Math.min(from + page.size(), all.size()));
    Link here = Link.to("/{}/-/commits/{}", project.fullPath(), revision);
    Instant now = clock.instant();
    return layout.page(
        visit,
        frames
            .section(visit.caller(), project, ProjectFrame.Section.COMMITS)
            .live("ProjectChannel", "project_id", project.id()),
        shown.isEmpty()
            ? Parts.empty(
                "No commits",
                Html.of(
                    "<p>Nobody has pushed to it yet. <a href=\"{}\">How to</a></p>",
                    ProjectFrame.link(project)))
            : Html.of(
                "<ul class=\"list card commits\" id=\"commits\" data-live>{}</ul>{}",
                Html.each(shown, commit -> Html.of("<li>{}</li>", line(project, commit, now))),
                Html.of(
                    "<nav class=\"paging\" aria-label=\"Pages\">{}{}</nav>",
                    page.number() > 1
                        ? Html.of(
                            "<a rel=\"prev\" href=\"{}\">Newer</a>",
                            here.with("page", page.number() - 1))
                        : Html.EMPTY,
                    all.size() > from + shown.size()
                        ? Html.of(
                            "<a rel=\"next\" href=\"{}\">Older</a>",
                            here.with("page", page.number() + 1))
                        : Html.EMPTY)));
  }

  Html show(Visit visit, Project project, String id) {
    GitCommit commit =
        trees.commit(project.repository(), id).orElseThrow(() -> ApiException.notFound("Commit"));
    Commit shown = Commit.of(commit, project, external);
    String body = shown.message().replaceFirst("^[^\n]*\n*", "");
    return layout.page(
        visit,
        frames
            .below(visit.caller(), project, ProjectFrame.Section.COMMITS, shown.title())
            .subtitle(
                Html.of(
                    "<p class=\"facts\"><span>{}</span> {} <code>{}</code></p>",
                    shown.authorName(),
                    Parts.ago(shown.committedDate(), clock.instant()),
                    shown.id()))
            .actions(
                Html.of(
                    "<a class=\"button\" href=\"{}\">Files at this commit</a>",
                    Link.to("/{}/-/tree/{}", project.fullPath(), shown.id()))),
        body.isBlank() ? Html.EMPTY : Html.of("<pre class=\"card body\">{}</pre>", body),
        changes.of(project, commit));
  }

  /** A commit on one line. */
  static Html line(Project project, GitCommit commit, Instant now) {
    return Html.of(
        """
        <span class="avatar" aria-hidden="true">{}</span><span class="grow"><a href="{}">{}</a>\
        <span class="muted sub">{} committed {}</span></span><code class="end">{}</code>
        """,
        Layout.initials(commit.getAuthor().getName().toStringUtf8()),
        Link.to("/{}/-/commit/{}", project.fullPath(), commit.getId()),
        commit.getSubject().toStringUtf8(),
        commit.getAuthor().getName().toStringUtf8(),
        Parts.ago(Instant.ofEpochSecond(commit.getCommitter().getDate().getSeconds()), now),
        Parts.shortId(commit.getId()));
  }
}
