package dev.marrow.ztunnel.admin;

import dev.marrow.ztunnel.report.LogFilter;
import dev.marrow.ztunnel.report.Logs;
import java.util.Map;
import java.util.function.Supplier;

/** The pages of port 15000. Thread-safe; may wait. */
final class AdminPages implements PageServer.Pages {
  private static final String INDEX =
      """
      <!doctype html><title>node proxy</title><h1>node proxy</h1><ul>
      <li><a href="/config_dump">/config_dump</a> what this proxy knows and does
      <li>/logging (POST) levels; ?level=info,access=debug sets, &amp;reset starts over
      <li>/quitquitquit (POST) drain, then exit
      <li><a href="/debug/pprof/profile">/debug/pprof/profile</a> flight recording; ?seconds=10
      <li><a href="/debug/pprof/heap">/debug/pprof/heap</a> heap dump
      </ul>
      """;

  private final Supplier<Map<String, Object>> dump;
  private final Logs logs;
  private final Runnable quit;
  private final Profiles profiles = new Profiles();

  AdminPages(Supplier<Map<String, Object>> dump, Logs logs, Runnable quit) {
    this.dump = dump;
    this.logs = logs;
    this.quit = quit;
  }

  @Override
  public Page answer(Query query) {
    return switch (query.path()) {
      case "/" ->
          new Page(200, "text/html", INDEX.getBytes(java.nio.charset.StandardCharsets.UTF_8));
      case "/config_dump" ->
          new Page(
              200,
              "application/json",
              Json.write(dump.get()).getBytes(java.nio.charset.StandardCharsets.UTF_8));
      case "/logging" -> onlyPost(query, () -> logging(query));
      case "/quitquitquit" -> onlyPost(query, this::quit);
      case "/debug/pprof/profile" -> profiles.cpu(query.parameters());
      case "/debug/pprof/heap" -> profiles.heap();
      default -> Page.notFound();
    };
  }

  private static Page onlyPost(Query query, Supplier<Page> action) {
    return query.method().equals("POST") ? action.get() : Page.text(405, "Invalid HTTP method\n");
  }

  private Page quit() {
    quit.run();
    return Page.text(200, "shutdown now\n");
  }

  private Page logging(Query query) {
    boolean reset = query.parameters().containsKey("reset");
    String level = query.parameters().getOrDefault("level", "");
    try {
      LogFilter start = reset ? logs.initialFilter() : logs.filter();
      LogFilter changed = level.isEmpty() ? start : start.with(level);
      if (reset || !level.isEmpty()) {
        logs.filter(changed);
      }
      return Page.text(200, "current log level is " + logs.filter() + "\n");
    } catch (IllegalArgumentException e) {
      return Page.text(400, "Invalid level provided: " + level + "\n" + e.getMessage() + "\n");
    }
  }
}
