package dev.marrow.ztunnel.proxy;

import dev.marrow.mesh.policy.Decision;
import dev.marrow.mesh.policy.DryRun;
import dev.marrow.ztunnel.report.ConnectionFacts;
import dev.marrow.ztunnel.report.Log;
import dev.marrow.ztunnel.report.LogLevel;
import java.util.function.Supplier;

/** Writes what policies said about connections, and what those in dry-run would have said. */
final class Decisions {
  private Decisions() {}

  /** Asks {@code decision} only if somebody will read it. */
  static void log(Node node, Admission.Request request, Supplier<Decision> decision) {
    LogLevel level = node.rules().features().decisionsAtInfo() ? LogLevel.INFO : LogLevel.DEBUG;
    Log log = node.reporting().decisions();
    if (!log.shows(level)) {
      return;
    }
    Decision said = decision.get();
    String client = ConnectionFacts.text(request.client());
    for (DryRun dryRun : said.dryRuns()) {
      if (dryRun.matched()) {
        log.write(
            level,
            "dry run: policy matched",
            "policy",
            dryRun.policy(),
            "action",
            dryRun.action().name(),
            "src.addr",
            client);
      }
    }
    String verdict =
        switch (said) {
          case Decision.Allowed allowed -> "allowed";
          case Decision.Denied denied -> denied.text();
        };
    log.write(level, verdict, "src.addr", client, "dst", request.authority().text());
  }
}
