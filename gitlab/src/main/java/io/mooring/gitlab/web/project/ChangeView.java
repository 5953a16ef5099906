package io.mooring.gitlab.web.project;

import io.mooring.gitlab.project.Project;
import io.mooring.gitlab.repository.Trees;
import io.mooring.gitlab.web.Parts;
import io.mooring.gitlab.web.Parts.Tone;
import io.mooring.gitlab.web.html.Html;
import io.mooring.gitlab.web.html.Link;
import io.mooring.wire.gitaly.ChangedPaths;
import io.mooring.wire.gitaly.GitCommit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** What a commit changed, line by line. Thread-safe. */
@Component
class ChangeView {
  /** A page with more is not read by anybody. */
  private static final int MAX_FILES = 50;

  /** Lines shown around a change. */
  private static final int CONTEXT = 3;

  private final Trees trees;
  private final Sources sources;

  ChangeView(Trees trees, Sources sources) {
    this.trees = trees;
    this.sources = sources;
  }

  Html of(Project project, GitCommit commit) {
    List<ChangedPaths> paths = trees.changedPaths(project.repository(), commit.getId());
    Optional<String> parent = commit.getParentIdsList().stream().findFirst();
    return Html.of(
        "<p class=\"muted\">{} changed{}</p>{}",
        Parts.plural(paths.size(), "file"),
        paths.size() > MAX_FILES ? ", of which the first " + MAX_FILES + " are shown" : "",
        Html.each(
            paths.stream().limit(MAX_FILES),
            path ->
                file(project, commit, parent, path.getPath().toStringUtf8(), path.getStatus())));
  }

  private Html file(
      Project project,
      GitCommit commit,
      Optional<String> parent,
      String path,
      ChangedPaths.Status status) {
    Sources.Found before =
        parent.map(id -> sources.read(project, id, path)).orElseGet(Sources.Found.Missing::new);
    Sources.Found after = sources.read(project, commit.getId(), path);
    return Html.of(
        """
        <section class="card file"><header><a href="{}"><code>{}</code></a>{}</header>{}</section>
        """,
        Link.to("/{}/-/blob/{}/{}", project.fullPath(), commit.getId(), path),
        path,
        switch (status) {
          case ADDED -> Parts.badge(Tone.GOOD, "Added");
          case DELETED -> Parts.badge(Tone.BAD, "Deleted");
          default -> Parts.badge(Tone.QUIET, "Changed");
        },
        isText(before) && isText(after)
            ? hunks(LineDiff.of(lines(before), lines(after)))
            : Html.of("<p class=\"muted\">Not shown: it is no text, or too large.</p>"));
  }

  private static boolean isText(Sources.Found found) {
    return found instanceof Sources.Found.Text || found instanceof Sources.Found.Missing;
  }

  private static List<String> lines(Sources.Found found) {
    return found instanceof Sources.Found.Text(String text, long _)
        ? SourceFile.of(text, List.of()).lines()
        : List.of();
  }

  private static Html hunks(List<LineDiff.Line> lines) {
    var rows = new ArrayList<Html>();
    boolean gap = false;
    for (int i = 0; i < lines.size(); i++) {
      if (isNearChange(lines, i)) {
        rows.add(row(lines.get(i)));
        gap = false;
      } else if (!gap) {
        rows.add(Html.of("<tr class=\"gap\"><td colspan=\"3\">⋯</td></tr>"));
        gap = true;
      }
    }
    return Html.of(
        "<div class=\"code diff\" tabindex=\"0\"><table><tbody>{}</tbody></table></div>",
        Html.join(rows));
  }

  private static boolean isNearChange(List<LineDiff.Line> lines, int index) {
    int to = Math.min(lines.size() - 1, index + CONTEXT);
    for (int i = Math.max(0, index - CONTEXT); i <= to; i++) {
      if (lines.get(i).kind() != LineDiff.Kind.SAME) {
        return true;
      }
    }
    return false;
  }

  private static Html row(LineDiff.Line line) {
    return Html.of(
        "<tr class=\"{}\"><td class=\"number\">{}</td><td class=\"number\">{}</td><td><code>{}{}</code></td></tr>\n",
        switch (line.kind()) {
          case SAME -> "same";
          case REMOVED -> "removed";
          case ADDED -> "added";
        },
        line.before() == 0 ? "" : line.before(),
        line.after() == 0 ? "" : line.after(),
        switch (line.kind()) {
          case SAME -> "  ";
          case REMOVED -> "- ";
          case ADDED -> "+ ";
        },
        line.text());
  }
}
