package dev.marrow.waypoint.route;

import dev.marrow.http.HeaderName;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a rule does to a request or its response besides forwarding it. */
public sealed interface Filter {
  record RequestHeaders(HeaderChange change) implements Filter {}

  record ResponseHeaders(HeaderChange change) implements Filter {}

  /**
   * @param scheme "" keeps the request's
   * @param hostname "" keeps the request's
   * @param port 0: the scheme's, or the one the request came to
   */
  record Redirect(String scheme, String hostname, int port, int status, @Nullable PathChange path)
      implements Filter {}

  /** {@code hostname}: "" keeps the request's. */
  record Rewrite(String hostname, @Nullable PathChange path) implements Filter {}

  /** Copies numerator of denominator requests; their answers are dropped. */
  record Mirror(Backend backend, int numerator, int denominator) implements Filter {
    public Mirror {
      if (denominator < 1 || numerator < 0 || numerator > denominator) {
        throw new IllegalArgumentException(
            "mirror: %d/%d (expected: 0 to 1)".formatted(numerator, denominator));
      }
    }
  }

  record Cors(
      List<String> allowOrigins,
      boolean allowCredentials,
      List<String> allowMethods,
      List<String> allowHeaders,
      List<String> exposeHeaders,
      Duration maxAge)
      implements Filter {
    public Cors {
      allowOrigins = List.copyOf(allowOrigins);
      allowMethods = List.copyOf(allowMethods);
      allowHeaders = List.copyOf(allowHeaders);
      exposeHeaders = List.copyOf(exposeHeaders);
    }
  }

  record DirectResponse(int status, String body) implements Filter {
    public DirectResponse {
      if (status < 200 || status > 599) {
        throw new IllegalArgumentException(
            "direct response status: " + status + " (expected: 200 to 599)");
      }
    }
  }

  /**
   * Asks somebody else whether the request may go on.
   *
   * @param timeout how long that may take
   * @param failOpen whether it goes on when there is no answer
   * @param body how much of the request's body is shown
   */
  record ExternalAuthorization(
      Backend backend,
      boolean grpc,
      String pathPrefix,
      List<HeaderName> requestHeaders,
      List<HeaderName> responseHeaders,
      Duration timeout,
      boolean failOpen,
      Shown body)
      implements Filter {
    /** At most so many bytes; of a larger body these, or none at all. */
    public record Shown(int bytes, boolean partial) {
      public Shown {
        if (bytes < 0 || bytes > MOST_SHOWN) {
          throw new IllegalArgumentException(
              "body bytes: %d (expected: 0 to %d)".formatted(bytes, MOST_SHOWN));
        }
      }
    }

    private static final int MOST_SHOWN = 128 << 10;

    public ExternalAuthorization {
      requestHeaders = List.copyOf(requestHeaders);
      responseHeaders = List.copyOf(responseHeaders);
    }
  }
}
