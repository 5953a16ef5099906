package io.mooring.agentk.kubernetesapi;

/** How far an answer came. */
enum AnswerState {
  AWAITED,
  /** One that another one follows, such as 100. */
  INTERIM,
  STARTED,
  /** The head says that another protocol follows. */
  SWITCHING,
  SWITCHED;

  /** Whether the caller was told the head of the final answer. */
  boolean hasHead() {
    return this != AWAITED && this != INTERIM;
  }

  /** Whether it is known what becomes of the request for another protocol. */
  boolean isFinal() {
    return this == STARTED || this == SWITCHED;
  }
}
