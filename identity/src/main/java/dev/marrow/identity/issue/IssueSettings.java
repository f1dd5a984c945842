package dev.marrow.identity.issue;

/**
 * How certificates are kept fresh.
 *
 * @param parallel requests at the same time
 * @param identities certificates kept
 */
public record IssueSettings(int parallel, int identities, Backoff backoff) {
  public static final IssueSettings DEFAULT = new IssueSettings(8, 10_000, Backoff.DEFAULT);

  public IssueSettings {
    if (parallel < 1 || identities < 1) {
      throw new IllegalArgumentException(
          "parallel: %d, identities: %d (expected: >= 1)".formatted(parallel, identities));
    }
  }
}
