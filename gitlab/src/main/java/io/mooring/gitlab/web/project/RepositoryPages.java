package io.mooring.gitlab.web.project;

import io.grpc.StatusRuntimeException;
import io.mooring.gitlab.gitaly.GitalyStatus;
import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.ExternalUrl;
import io.mooring.gitlab.project.Access;
import io.mooring.gitlab.project.Project;
import io.mooring.gitlab.repository.Trees;
import io.mooring.gitlab.web.Frame;
import io.mooring.gitlab.web.Icons;
import io.mooring.gitlab.web.Layout;
import io.mooring.gitlab.web.Parts;
import io.mooring.gitlab.web.Visit;
import io.mooring.gitlab.web.html.Html;
import io.mooring.gitlab.web.html.Link;
import io.mooring.wire.gitaly.GitCommit;
import io.mooring.wire.gitaly.TreeEntry;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Files of a repository. Thread-safe. */
@Component
class RepositoryPages {
  private final Layout layout;
  private final ProjectFrame frames;
  private final Access access;
  private final Trees trees;
  private final Sources sources;
  private final ExternalUrl external;
  private final InstantSource clock;

  RepositoryPages(
      Layout layout,
      ProjectFrame frames,
      Access access,
      Trees trees,
      Sources sources,
      ExternalUrl external,
      InstantSource clock) {
    this.layout = layout;
    this.frames = frames;
    this.access = access;
    this.trees = trees;
    this.sources = sources;
    this.external = external;
    this.clock = clock;
  }

  /** The first page of a project. */
  Html overview(Visit visit, Project project) {
    Frame frame =
        frames
            .section(visit.caller(), project, ProjectFrame.Section.FILES)
            .live("ProjectChannel", "project_id", project.id())
            .subtitle(
                Html.of(
                    "<p class=\"facts\"><span class=\"chip\">{}</span> <span>{}</span></p>",
                    project.visibility().text(),
                    project.description()));
    if (!access.downloads(visit.caller().user(), project)) {
      return layout.page(
          visit,
          frame,
          Parts.empty(
              "The repository is not for you",
              Html.of(
                  "<p>Reporters and those above read the files of this project. Ask one of its <a href=\"{}\">maintainers</a>.</p>",
                  Link.to("/{}/-/project_members", project.fullPath()))));
    }
    Optional<GitCommit> tip = trees.commit(project.repository(), project.defaultBranch());
    return layout.page(
        visit,
        frame,
        tip.map(commit -> listing(project, new Location(project.defaultBranch(), commit, "")))
            .orElseGet(() -> emptyRepository(visit, project)),
        tip.isPresent() ? clone(project) : Html.EMPTY);
  }

  Html tree(Visit visit, Project project, String rest) {
    Location location = Location.of(trees, project, rest);
    return layout.page(visit, frame(visit, project, location), listing(project, location));
  }

  Html blob(Visit visit, Project project, String rest) {
    Location location = Location.of(trees, project, rest);
    Html content =
        switch (sources.read(project, location.commit().getId(), location.path())) {
          case Sources.Found.Text(String text, long size) ->
              Html.of(
                  "<section class=\"card file\"><header><span class=\"muted\">{} bytes</span>{}</header>{}</section>",
                  size,
                  download(project, location),
                  SourceFile.of(text, List.of()).view());
          case Sources.Found.Opaque(String reason) ->
              Html.of(
                  "<section class=\"card\"><p>{}</p>{}</section>",
                  reason,
                  download(project, location));
          case Sources.Found.Directory(), Sources.Found.Missing() ->
              throw ApiException.notFound("File");
        };
    return layout.page(visit, frame(visit, project, location), content);
  }

  private static Html download(Project project, Location location) {
    return Html.of(
        "<a class=\"button small\" href=\"{}\">Download</a>",
        new Link(
            "/api/v4/projects/"
                + project.id()
                + "/repository/files/"
                + URLEncoder.encode(location.path(), StandardCharsets.UTF_8).replace("+", "%20")
                + "/raw?ref="
                + location.commit().getId()));
  }

  private Frame frame(Visit visit, Project project, Location location) {
    String title = location.path().isEmpty() ? location.revision() : location.name();
    Frame frame =
        frames
            .below(visit.caller(), project, ProjectFrame.Section.FILES, title)
            .crumb(
                location.revision(),
                Link.to("/{}/-/tree/{}", project.fullPath(), location.revision()));
    var walked = new StringBuilder();
    String[] parts = location.path().split("/", -1);
    for (int i = 0; i < parts.length - 1; i++) {
      walked.append(walked.isEmpty() ? "" : "/").append(parts[i]);
      frame =
          frame.crumb(
              parts[i],
              Link.to("/{}/-/tree/{}/{}", project.fullPath(), location.revision(), walked));
    }
    return frame.actions(
        Html.of(
            "<a class=\"button\" href=\"{}\">History</a>",
            Link.to("/{}/-/commits/{}", project.fullPath(), location.revision())));
  }

  private Html listing(Project project, Location location) {
    List<TreeEntry> entries;
    try {
      entries =
          trees
              .directory(project.repository(), location.commit().getId(), location.path(), false)
              .stream()
              .sorted(
                  Comparator.comparing(
                          (TreeEntry entry) -> entry.getType() != TreeEntry.EntryType.TREE)
                      .thenComparing(entry -> entry.getPath().toStringUtf8()))
              .toList();
    } catch (StatusRuntimeException e) {
      if (GitalyStatus.isMissing(e)) {
        throw ApiException.notFound("Tree");
      }
      throw e;
    }
    if (entries.isEmpty() && !location.path().isEmpty()) {
      throw ApiException.notFound("Tree");
    }
    return Html.of(
        """
        <section class="card files" id="files" data-live><header class="last">{}</header><ul class="entries">{}</ul></section>
        """,
        CommitPages.line(project, location.commit(), clock.instant()),
        Html.each(entries, entry -> entry(project, location, entry)));
  }

  private static Html entry(Project project, Location location, TreeEntry entry) {
    String path = entry.getPath().toStringUtf8();
    String name = path.substring(path.lastIndexOf('/') + 1);
    boolean directory = entry.getType() == TreeEntry.EntryType.TREE;
    return Html.of(
        "<li><a href=\"{}\">{} {}</a></li>",
        directory
            ? Link.to("/{}/-/tree/{}/{}", project.fullPath(), location.revision(), path)
            : Link.to("/{}/-/blob/{}/{}", project.fullPath(), location.revision(), path),
        directory ? Icons.FOLDER : Icons.FILE,
        name);
  }

  private Html clone(Project project) {
    return Html.of(
        "<section class=\"card\"><h2>Clone</h2>{}</section>",
        Parts.copyable("Address", "git clone " + external.of("/" + project.fullPath() + ".git")));
  }

  private Html emptyRepository(Visit visit, Project project) {
    String url = external.of("/" + project.fullPath() + ".git");
    return Parts.empty(
        "The repository is empty",
        access.pushes(visit.caller().user(), project)
            ? Html.of(
                """
                <p>Push something. git asks for your name; a <a href="/-/user_settings/personal_access_tokens">personal access token</a> \
                does for the password.</p>{}
                """,
                Parts.copyable(
                    "git commands",
                    """
                    git clone %s
                    cd %s
                    git switch --create %s
                    mkdir -p manifests
                    git add . && git commit -m 'Begin' --allow-empty
                    git push -u origin %s\
                    """
                        .formatted(
                            url, project.path(), project.defaultBranch(), project.defaultBranch())))
            : Html.of("<p>Nobody has pushed to it yet.</p>"));
  }
}
