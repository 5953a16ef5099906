package io.mooring.agentk.doctor;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.mooring.agentk.doctor.Finding.Verdict;
import java.util.List;

/**
 * All findings.
 *
 * @param findings in the order of {@link Check}
 */
public record Report(List<Finding> findings) {
  /** Raised when the JSON output changes in a way that readers notice. */
  private static final int FORMAT = 1;

  private static final Gson JSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

  /** Copies the list. */
  public Report {
    findings = List.copyOf(findings);
  }

  /** The worst of all. */
  public Verdict verdict() {
    if (has(Verdict.FAILED)) {
      return Verdict.FAILED;
    }
    return has(Verdict.WARNING) ? Verdict.WARNING : Verdict.OK;
  }

  private boolean has(Verdict verdict) {
    return findings.stream().anyMatch(finding -> finding.verdict() == verdict);
  }

  /** For people: a line for each finding, and below it what is wrong. */
  public String text() {
    var text = new StringBuilder();
    for (Finding finding : findings) {
      text.append(
          String.format(
              "%-8s %-13s %s%n",
              finding.verdict().text(), finding.check().text(), printable(finding.what())));
      line(text, "found", finding.value());
      line(text, "expected", finding.expected());
      line(text, "next", finding.next());
    }
    long failed = count(Verdict.FAILED);
    long warnings = count(Verdict.WARNING);
    return text.append(String.format("%n%d failed, %d warnings%n", failed, warnings)).toString();
  }

  private long count(Verdict verdict) {
    return findings.stream().filter(finding -> finding.verdict() == verdict).count();
  }

  private static void line(StringBuilder text, String name, String value) {
    if (!value.isEmpty()) {
      text.append(String.format("%22s %-9s %s%n", "", name + ":", printable(value)));
    }
  }

  /** For programs. */
  public String json() {
    var array = new JsonArray();
    for (Finding finding : findings) {
      var object = new JsonObject();
      object.addProperty("check", finding.check().text());
      object.addProperty("verdict", finding.verdict().text());
      object.addProperty("what", finding.what());
      object.addProperty("value", finding.value());
      object.addProperty("expected", finding.expected());
      object.addProperty("next", finding.next());
      array.add(object);
    }
    var report = new JsonObject();
    report.addProperty("format", FORMAT);
    report.addProperty("verdict", verdict().text());
    report.add("findings", array);
    return JSON.toJson(report) + System.lineSeparator();
  }

  /** What others answered must not steer the terminal. */
  private static String printable(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }
}
