package io.mooring.gitlab.web;

import io.mooring.gitlab.web.html.Html;

/** Pictures drawn in the pages themselves, in the colour of the text around them. */
public final class Icons {
  static final Html ANCHOR =
      Html.of(
          """
          <svg viewBox="0 0 24 24" width="22" height="22" fill="none" stroke="currentColor" stroke-width="2"\
           stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><circle cx="12" cy="5" r="2.5"/>\
          <path d="M12 7.5V21M8 11h8M4 14c0 4 3.5 7 8 7s8-3 8-7M4 14l-1.5 2M4 14l2 1.5M20 14l1.5 2M20 14l-2 1.5"/></svg>\
          """);

  static final Html THEME =
      Html.of(
          """
          <svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true"><circle cx="12" cy="12" r="9" fill="none"\
           stroke="currentColor" stroke-width="2"/><path d="M12 3a9 9 0 0 1 0 18z" fill="currentColor"/></svg>\
          """);

  /** A directory. */
  public static final Html FOLDER =
      Html.of(
          """
          <svg class="glyph" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path fill="currentColor"\
           d="M1.5 3A1.5 1.5 0 0 1 3 1.5h3l2 2h5A1.5 1.5 0 0 1 14.500 5v7.500A1.500 1.500 0 0 1 13 14H3a1.500 1.500 0 0 1-1.500-1.500z"/></svg>\
          """);

  /** A file. */
  public static final Html FILE =
      Html.of(
          """
          <svg class="glyph" viewBox="0 0 16 16" width="16" height="16" fill="none" stroke="currentColor" stroke-width="1.3"\
           aria-hidden="true"><path d="M3.500 1.500h5.500l3.500 3.500v9.500h-9zM9 1.500V5h3.500"/></svg>\
          """);

  private Icons() {}
}
