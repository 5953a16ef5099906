package io.mooring.gitlab.web;

import io.mooring.gitlab.web.html.Html;
import io.mooring.gitlab.web.html.Link;
import java.util.ArrayList;
import java.util.List;

/**
 * What stands around the content of a page.
 *
 * @param title names the page, in the window and as its heading
 * @param crumbs the way here
 * @param tabs the pages beside this one
 * @param actions what can be done here, beside the heading
 * @param subtitle a line below the heading
 * @param channels identifiers of ActionCable channels whose messages make the page fetch itself
 *     anew
 * @param narrow for forms and texts
 */
public record Frame(
    String title,
    List<Crumb> crumbs,
    List<Tab> tabs,
    Html actions,
    Html subtitle,
    List<String> channels,
    boolean narrow) {

  /** A step on the way to a page. */
  public record Crumb(String label, Link link) {}

  /** A page beside this one. */
  public record Tab(String label, Link link, boolean current, int count) {
    /** A tab without a number. */
    public static Tab of(String label, Link link, boolean current) {
      return new Tab(label, link, current, 0);
    }
  }

  public Frame {
    crumbs = List.copyOf(crumbs);
    tabs = List.copyOf(tabs);
    channels = List.copyOf(channels);
  }

  /** A page of this title and nothing else. */
  public static Frame of(String title) {
    return new Frame(title, List.of(), List.of(), Html.EMPTY, Html.EMPTY, List.of(), false);
  }

  /** The same, one step further. */
  public Frame crumb(String label, Link link) {
    var more = new ArrayList<>(crumbs);
    more.add(new Crumb(label, link));
    return new Frame(title, more, tabs, actions, subtitle, channels, narrow);
  }

  public Frame titled(String value) {
    return new Frame(value, crumbs, tabs, actions, subtitle, channels, narrow);
  }

  public Frame with(List<Tab> value) {
    return new Frame(title, crumbs, value, actions, subtitle, channels, narrow);
  }

  public Frame actions(Html value) {
    return new Frame(title, crumbs, tabs, value, subtitle, channels, narrow);
  }

  public Frame subtitle(Html value) {
    return new Frame(title, crumbs, tabs, actions, value, channels, narrow);
  }

  /** The same, fetched anew when a channel of this name and number says something. */
  public Frame live(String channel, String parameter, long id) {
    var more = new ArrayList<>(channels);
    more.add("{\"channel\":\"" + channel + "\",\"" + parameter + "\":" + id + "}");
    return new Frame(title, crumbs, tabs, actions, subtitle, more, narrow);
  }

  public Frame narrowed() {
    return new Frame(title, crumbs, tabs, actions, subtitle, channels, true);
  }
}
