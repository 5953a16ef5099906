package io.mooring.gitlab.web.project;

import io.mooring.gitlab.web.html.Attributes;
import io.mooring.gitlab.web.html.Html;
import io.mooring.gitlab.web.html.Link;
import java.util.ArrayList;
import java.util.List;

/**
 * A text file as pages show it, with what is wrong in it.
 *
 * @param lines without their ends
 * @param remarks about lines
 */
public record SourceFile(List<String> lines, List<Remark> remarks) {
  /** What is wrong at a place; line and column count from 1, 0 is unknown. */
  public record Remark(int line, int column, String text) {}

  public SourceFile {
    lines = List.copyOf(lines);
    remarks = List.copyOf(remarks);
  }

  /** The file of this text. */
  public static SourceFile of(String text, List<Remark> remarks) {
    List<String> lines = List.of(text.split("\n", -1));
    boolean ended = lines.getLast().isEmpty() && lines.size() > 1;
    return new SourceFile(ended ? lines.subList(0, lines.size() - 1) : lines, remarks);
  }

  /** Numbered lines that can be linked to; those with remarks stand out. */
  public Html view() {
    var rows = new ArrayList<Html>();
    for (int i = 1; i <= lines.size(); i++) {
      rows.add(row(i, lines.get(i - 1)));
    }
    return Html.of(
        "<div class=\"code\" tabindex=\"0\"><table><tbody>{}</tbody></table></div>",
        Html.join(rows));
  }

  private Html row(int number, String line) {
    List<Remark> here = remarks.stream().filter(remark -> remark.line() == number).toList();
    return Html.of(
        "<tr id=\"L{}\"{}><td class=\"number\"><a href=\"{}\">{}</a></td><td><code>{}</code>{}</td></tr>\n",
        number,
        here.isEmpty() ? Attributes.NONE : Attributes.of("class", "wrong"),
        Link.to("#L{}", number),
        number,
        here.isEmpty() ? Html.text(line) : marked(line, here.getFirst().column()),
        Html.each(
            here,
            remark ->
                Html.of(
                    "<p class=\"remark\" role=\"note\">{}{}</p>",
                    remark.column() > 0 ? "Column " + remark.column() + ": " : "",
                    remark.text())));
  }

  private static Html marked(String line, int column) {
    if (column < 1 || column > line.length()) {
      return Html.text(line);
    }
    int end = column;
    while (end < line.length() && !Character.isWhitespace(line.charAt(end))) {
      end++;
    }
    return Html.of(
        "{}<mark>{}</mark>{}",
        line.substring(0, column - 1),
        line.substring(column - 1, end),
        line.substring(end));
  }
}
