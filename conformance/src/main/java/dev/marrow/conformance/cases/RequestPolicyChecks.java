package dev.marrow.conformance.cases;

import dev.marrow.conformance.Verdict;
import dev.marrow.conformance.backend.Behaviour;
import dev.marrow.conformance.policy.Enforcement;
import dev.marrow.conformance.policy.RequestPolicy;
import dev.marrow.conformance.run.Bench;
import dev.marrow.conformance.wire.Field;
import dev.marrow.conformance.wire.H2Link;
import dev.marrow.conformance.wire.LinkClosed;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/** Checks of group L with a policy on requests in force. */
final class RequestPolicyChecks {
  private static final String DENIED = "/kit-denied/";
  private static final String METHOD = "DELETE";
  private static final Duration BACK_WITHIN = Duration.ofSeconds(20);
  private static final String FIELD = "x-kit-role";

  // Other names of the same resource: whoever serves one serves what is denied.
  private static final List<String> SAME =
      List.of(
          "/./kit-denied/{mark}",
          "/a/../kit-denied/{mark}",
          "/%6bit-denied/{mark}",
          "/kit-denied/{mark}#fragment",
          "http://kit.example/kit-denied/{mark}");

  // Other names to some applications only: a proxy may leave them alone, but not change them.
  private static final List<String> ALIKE =
      List.of(
          "//kit-denied/{mark}",
          "/kit-denied%2f{mark}",
          "/\\kit-denied/{mark}",
          "/;a=b/kit-denied/{mark}",
          "/a%2f..%2fkit-denied/{mark}");

  private RequestPolicyChecks() {}

  private static boolean enforced(Bench bench, RequestPolicy policy, String denied)
      throws IOException, InterruptedException {
    Enforcement enforcement =
        bench.keep(Enforcement.open(bench.target().hooks(), bench.namespace()));
    if (!served(bench, denied)) {
      return false;
    }
    enforcement.applyRequests(List.of(policy));
    return comesBack(bench) && !served(bench, denied);
  }

  // The hook may restart the target, and the first handshake of a new process takes its time.
  private static boolean comesBack(Bench bench) {
    long deadline = System.nanoTime() + BACK_WITHIN.toNanos();
    while (System.nanoTime() < deadline) {
      try {
        if (served(bench, head("GET", "/kit-allowed", ""))) {
          return true;
        }
      } catch (IOException e) {
        bench.transcript().add("not back yet: %s", String.valueOf(e.getMessage()));
      }
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
    return false;
  }

  private static String head(String method, String path, String lines) {
    return method + " " + path + " HTTP/1.1\r\nhost: kit.example\r\n" + lines + "\r\n";
  }

  private static boolean served(Bench bench, String request) throws IOException {
    return WaypointChecks.exchange(bench, request).startsWith("HTTP/1.1 200");
  }

  private static boolean arrived(Bench bench, String text) throws IOException {
    bench.backend().settle(Behaviour.HTTP);
    return bench.backend().arrivals().stream().anyMatch(a -> a.contains(text));
  }

  private static Verdict notEnforced() {
    return new Verdict.Error(
        "positive control failed: the hook 'policy' did not put a policy on requests in force");
  }

  /** L7-06. */
  static Verdict paths(Bench bench) throws IOException, InterruptedException {
    RequestPolicy policy = RequestPolicy.path("kit-path", DENIED);
    if (!enforced(bench, policy, head("GET", DENIED + "control", ""))) {
      return notEnforced();
    }
    for (String spelling : SAME) {
      String path = spelling.replace("{mark}", bench.nonce());
      if (served(bench, head("GET", path, ""))) {
        return new Verdict.Fail("served: " + spelling.replace("{mark}", "x"));
      }
    }
    List<String> left = new ArrayList<>();
    for (String spelling : ALIKE) {
      String mark = bench.nonce();
      boolean served = served(bench, head("GET", spelling.replace("{mark}", mark), ""));
      if (arrived(bench, " " + DENIED + mark)) {
        return new Verdict.Fail(
            "judged as %s, forwarded as %sx".formatted(spelling.replace("{mark}", "x"), DENIED));
      }
      if (served) {
        left.add(spelling.replace("{mark}", "x"));
      }
    }
    return new Verdict.Pass(
        left.isEmpty()
            ? "denied in every spelling"
            : "denied; forwarded unchanged: " + String.join(" ", left));
  }

  /** L7-07. */
  static Verdict methods(Bench bench) throws IOException, InterruptedException {
    RequestPolicy policy = RequestPolicy.method("kit-method", METHOD);
    if (!enforced(bench, policy, head(METHOD, "/kit", ""))) {
      return notEnforced();
    }
    boolean forwarded = false;
    for (String method : List.of("delete", "DeLeTe")) {
      for (boolean h2 : new boolean[] {false, true}) {
        String mark = bench.nonce();
        forwarded |=
            h2
                ? status(bench, method, "/" + mark) == 200
                : served(bench, head(method, "/" + mark, ""));
        if (arrived(bench, METHOD + " /" + mark)) {
          return new Verdict.Fail(method + " came to the application as " + METHOD);
        }
      }
    }
    return forwarded
        ? new Verdict.Pass("another method: forwarded as it is")
        : new Verdict.Pass("refused");
  }

  /** L7-08. */
  static Verdict values(Bench bench) throws IOException, InterruptedException {
    RequestPolicy policy = RequestPolicy.field("kit-field", FIELD, "denied");
    if (!enforced(bench, policy, head("GET", "/kit", lines("denied")))) {
      return notEnforced();
    }
    for (String[] values :
        new String[][] {{"fine", "denied"}, {"denied", "fine"}, {"a", "denied", "b"}}) {
      if (served(bench, head("GET", "/kit", lines(values)))) {
        return new Verdict.Fail("HTTP/1.1 with the lines %s: served".formatted(text(values)));
      }
      Field[] fields =
          Arrays.stream(values).map(value -> Field.of(FIELD, value)).toArray(Field[]::new);
      if (status(bench, "GET", "/kit", fields) == 200) {
        return new Verdict.Fail("HTTP/2 with the fields %s: served".formatted(text(values)));
      }
    }
    boolean listed = served(bench, head("GET", "/kit", lines("fine, denied")));
    return new Verdict.Pass(
        "denied each time; as a list in one line: " + (listed ? "served" : "denied"));
  }

  private static String text(String[] values) {
    return String.join(" | ", values).toLowerCase(Locale.ROOT);
  }

  private static String lines(String... values) {
    StringBuilder out = new StringBuilder();
    for (String value : values) {
      out.append(FIELD).append(": ").append(value).append("\r\n");
    }
    return out.toString();
  }

  private static int status(Bench bench, String method, String path, Field... fields)
      throws IOException {
    try {
      H2Link h2 = InnerHttpChecks.inner(bench);
      int stream = InnerHttpChecks.send(h2, true, InnerHttpChecks.request(method, path, fields));
      return Reaction.await(h2, stream, bench.patience()) instanceof Reaction.Status s
          ? s.code()
          : 0;
    } catch (LinkClosed e) {
      return 0;
    }
  }
}
