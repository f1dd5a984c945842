package dev.marrow.ztunnel.report;

import java.time.Instant;
import java.util.List;

/**
 * One line of the log, not yet text.
 *
 * @param fields names and values in turn; strings are quoted in text, numbers and {@link Bare} are
 *     not; empty strings are left out
 */
record LogLine(Instant time, LogLevel level, String scope, String message, List<Object> fields) {
  /** A value written without quotes in text lines, for example an address. */
  record Bare(Object value) {
    @Override
    public String toString() {
      return value.toString();
    }
  }
}
