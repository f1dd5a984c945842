package dev.marrow.cli.local.plan;

/** How a container shows that it is ready. */
public sealed interface Probe {
  /** Answers 200..399. */
  record Http(int port, String path) implements Probe {}

  /** Accepts a connection. */
  record Tcp(int port) implements Probe {}

  /** Exits with 0. */
  record Exec(java.util.List<String> command) implements Probe {}

  /** Runs. */
  record Alive() implements Probe {}
}
