package dev.marrow.conformance.command;

/** What shuts the gate: exit code 1. */
enum Gate {
  /** A MUST that fails. */
  MUST,
  /** Nothing. */
  NONE
}
