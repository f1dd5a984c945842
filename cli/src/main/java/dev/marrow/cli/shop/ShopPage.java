package dev.marrow.cli.shop;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.StringJoiner;

/**
 * What one service of the shop answers: who it is and what the services it calls said. Thread-safe.
 *
 * @param pod the name of the host, so that a caller sees which replica answered
 */
record ShopPage(String service, String version, String pod, List<URI> calls, ShopClient client) {
  ShopPage {
    calls = List.copyOf(calls);
  }

  /** A status code and a JSON body. */
  record Answer(int status, String body) {}

  Answer answer(String method, String path) {
    if (path.equals("/healthz")) return new Answer(200, "{\"ok\":true}\n");
    int status = 200;
    StringJoiner heard = new StringJoiner(",", "[", "]");
    for (URI call : calls) {
      try {
        Answer answer = client.send("GET", call);
        // A refusal (4xx) is shown, a failure (5xx) is the caller's failure too: nothing gets lost
        // unseen.
        if (answer.status() >= 500) status = 502;
        heard.add(answer.status() == 200 ? answer.body().strip() : refused(call, answer.status()));
      } catch (IOException e) {
        status = 502;
        heard.add(
            "{\"url\":\"%s\",\"error\":\"%s\"}"
                .formatted(call, escape(String.valueOf(e.getMessage()))));
      }
    }
    String body =
        "{\"service\":\"%s\",\"version\":\"%s\",\"pod\":\"%s\",\"method\":\"%s\",\"path\":\"%s\",\"calls\":%s}\n";
    return new Answer(
        status, body.formatted(service, version, pod, escape(method), escape(path), heard));
  }

  private static String refused(URI call, int status) {
    return "{\"url\":\"%s\",\"status\":%d}".formatted(call, status);
  }

  private static String escape(String text) {
    StringBuilder escaped = new StringBuilder();
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') escaped.append('\\').append(c);
      else if (c < 0x20) escaped.append(' ');
      else escaped.append(c);
    }
    return escaped.toString();
  }
}
