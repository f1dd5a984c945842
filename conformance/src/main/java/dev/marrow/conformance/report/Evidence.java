package dev.marrow.conformance.report;

import dev.marrow.conformance.Result;
import dev.marrow.conformance.wire.Transcript;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * {@code evidence/CASE.txt}: what was claimed, what happened on the wire, how to see it again. No
 * keys are in it.
 */
public final class Evidence {
  private Evidence() {}

  public static byte[] write(Report report, Result result) {
    StringBuilder out = new StringBuilder();
    out.append(
        "%s %s\n%s: %s\n\n"
            .formatted(
                result.info().id(),
                result.info().title(),
                result.verdict().word(),
                result.verdict().observed()));
    out.append(
        "sent:   %s\nmust:   %s\nsource: %s (%s)\nwhy:    %s\nfix:    %s\n"
            .formatted(
                result.info().sent(),
                result.info().must(),
                result.info().source(),
                result.info().level(),
                result.info().why(),
                result.info().fix()));
    out.append("replay: %s\n\n".formatted(replay(report, result)));
    for (Transcript.Event event : result.transcript().events()) {
      out.append(String.format(Locale.ROOT, "%9.2f ms  %s%n", event.millis(), event.what()));
    }
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** The command that runs this case alone. */
  public static String replay(Report report, Result result) {
    return "%s --only %s --seed %d%s"
        .formatted(
            report.command(),
            result.info().id(),
            report.seed(),
            result.info().flood() ? " --allow-dos" : "");
  }
}
