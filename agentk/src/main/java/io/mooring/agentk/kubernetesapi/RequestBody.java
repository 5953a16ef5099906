package io.mooring.agentk.kubernetesapi;

/** What follows the head of a request. */
enum RequestBody {
  /** kas did not say: what comes next tells. */
  UNDECIDED,
  NONE,
  KNOWN_LENGTH,
  CHUNKED;

  /** The kind of a body of this length; negative when nobody knows it yet. */
  static RequestBody of(long length) {
    if (length == 0) {
      return NONE;
    }
    return length > 0 ? KNOWN_LENGTH : CHUNKED;
  }
}
