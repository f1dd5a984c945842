package dev.marrow.waypoint.tap;

import dev.marrow.waypoint.admin.AdminServer;
import java.io.IOException;
import java.util.Optional;

/** {@code /tap?path=/x}: requests as lines of JSON, and at the end how many were not shown. */
public record TapPage(Taps taps) implements AdminServer.Lines {
  @Override
  public void write(AdminServer.Question question, AdminServer.LineOutput out)
      throws IOException, InterruptedException {
    TapFilter filter;
    try {
      filter = TapFilter.parse(question.query());
    } catch (IllegalArgumentException e) {
      out.line("{\"error\": \"" + String.valueOf(e.getMessage()).replace('"', '\'') + "\"}");
      return;
    }
    Optional<Tap> opened = taps.open(filter);
    if (opened.isEmpty()) {
      out.line("{\"error\": \"too many look already\"}");
      return;
    }
    try (Tap tap = opened.get()) {
      show(tap, out);
      out.line("{\"skipped\": " + tap.skipped() + "}");
    }
  }

  private static void show(Tap tap, AdminServer.LineOutput out)
      throws IOException, InterruptedException {
    int shown = 0;
    while (shown < tap.requests() && !tap.over()) {
      Optional<String> line = tap.next();
      if (line.isPresent()) {
        out.line(line.get());
        shown++;
      } else {
        // So that we notice when the reader has gone.
        out.line("");
      }
    }
  }
}
