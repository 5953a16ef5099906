package io.mooring.kas.access;

import java.util.List;

/** What an HTTP request presents; a view of its head. */
public interface Presented {
  /** Values of a header in the order in which they came; the case of the name does not matter. */
  List<String> header(String name);

  /** Decoded values of a query parameter in the order in which they came. */
  List<String> query(String name);
}
