package dev.marrow.controlplane.cluster;

import dev.marrow.controlplane.authority.Authentication;
import dev.marrow.controlplane.authority.Authentication.Known;
import dev.marrow.controlplane.authority.Authentication.Refused;
import dev.marrow.controlplane.authority.Caller;
import dev.marrow.controlplane.authority.Refusal;
import dev.marrow.controlplane.authority.TokenCheck;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import dev.marrow.resources.kubernetes.ApiServer;
import dev.marrow.resources.kubernetes.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Has the API server say whose token it is (TokenReview). Answers are remembered for a minute, by
 * the hash of the token; while the server is away a good answer counts for ten more, so that
 * proxies which come back to a cluster in trouble are served. Thread-safe; blocks.
 */
public final class TokenReviews implements TokenCheck {
  private static final Logger log = LoggerFactory.getLogger(TokenReviews.class);
  private static final Duration FRESH = Duration.ofMinutes(1);
  private static final Duration FRESH_REFUSAL = Duration.ofSeconds(5);
  private static final Duration USABLE = Duration.ofMinutes(10);
  private static final int MOST = 10_000;
  private static final int MAX_LENGTH = 16 << 10;
  private static final Pattern USER =
      Pattern.compile("system:serviceaccount:([a-z0-9.-]{1,253}):([a-z0-9.-]{1,253})");
  private static final String EXTRA = "authentication.kubernetes.io/";

  private record Remembered(Authentication answer, Instant at) {}

  private final ApiServer server;
  private final String audience;
  private final Function<ObjectKey, Optional<KubeObject>> objects;
  private final Clock clock;
  // The one used longest ago first; guarded by itself.
  private final Map<String, Remembered> remembered =
      new LinkedHashMap<>(256, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Remembered> eldest) {
          return size() > MOST;
        }
      };

  /**
   * Asks {@code server}.
   *
   * @param objects for the node of a pod, where the token does not tell
   */
  public TokenReviews(
      ApiServer server,
      String audience,
      Function<ObjectKey, Optional<KubeObject>> objects,
      Clock clock) {
    this.server = server;
    this.audience = audience;
    this.objects = objects;
    this.clock = clock;
  }

  @Override
  public Authentication verify(String token) {
    if (token.isEmpty() || token.length() > MAX_LENGTH) {
      return new Refused(Refusal.TOKEN_MALFORMED, "length " + token.length());
    }
    String key = hash(token);
    Optional<Remembered> known = remembered(key);
    Instant now = clock.instant();
    if (known.isPresent() && now.isBefore(known.get().at().plus(life(known.get().answer())))) {
      return known.get().answer();
    }
    try {
      Authentication answer = review(token);
      synchronized (remembered) {
        remembered.put(key, new Remembered(answer, now));
      }
      return answer;
    } catch (IOException e) {
      return known
          .filter(k -> k.answer() instanceof Known && now.isBefore(k.at().plus(USABLE)))
          .map(Remembered::answer)
          .orElseGet(() -> unavailable(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Refused(Refusal.TOKEN_REVIEW_UNAVAILABLE, "stopping");
    }
  }

  private static Refused unavailable(IOException e) {
    log.warn("token not reviewed: {}", e.getMessage());
    return new Refused(Refusal.TOKEN_REVIEW_UNAVAILABLE, "the API server could not be asked");
  }

  private static Duration life(Authentication answer) {
    return answer instanceof Known ? FRESH : FRESH_REFUSAL;
  }

  private Optional<Remembered> remembered(String key) {
    synchronized (remembered) {
      return Optional.ofNullable(remembered.get(key));
    }
  }

  private Authentication review(String token) throws IOException, InterruptedException {
    ObjectNode review = JsonNodeFactory.instance.objectNode();
    review.put("apiVersion", "authentication.k8s.io/v1").put("kind", "TokenReview");
    review.putObject("spec").put("token", token).putArray("audiences").add(audience);
    Reply reply = server.create("/apis/authentication.k8s.io/v1/tokenreviews", review);
    if (!reply.ok()) {
      throw new IOException(reply.reason());
    }
    JsonNode status = reply.body().path("status");
    if (!status.path("authenticated").asBoolean(false)) {
      return new Refused(Refusal.TOKEN_REVIEW, status.path("error").stringValue("not accepted"));
    }
    // A server that knows nothing of audiences accepts any token; then it says of none.
    boolean meant =
        status.path("audiences").valueStream().anyMatch(a -> a.stringValue("").equals(audience));
    return meant
        ? caller(status.path("user"))
        : new Refused(Refusal.TOKEN_AUDIENCE, "not for %s".formatted(audience));
  }

  private Authentication caller(JsonNode user) {
    Matcher account = USER.matcher(user.path("username").stringValue(""));
    if (!account.matches()) {
      return new Refused(Refusal.TOKEN_SUBJECT, user.path("username").stringValue("nobody"));
    }
    String namespace = account.group(1);
    String pod = extra(user, "pod-name");
    String uid = extra(user, "pod-uid");
    String node = extra(user, "node-name");
    if (node.isEmpty() && !pod.isEmpty()) {
      node = node(new ObjectKey("Pod", namespace, pod), uid);
    }
    Optional<Caller.Place> place =
        pod.isEmpty() || node.isEmpty()
            ? Optional.empty()
            : Optional.of(new Caller.Place(pod, uid, node));
    return new Known(new Caller(namespace, account.group(2), place));
  }

  private String node(ObjectKey pod, String uid) {
    return objects
        .apply(pod)
        .filter(found -> found.uid().equals(uid))
        .map(found -> found.spec().path("nodeName").stringValue(""))
        .orElse("");
  }

  private static String extra(JsonNode user, String name) {
    return user.path("extra").path(EXTRA + name).path(0).stringValue("");
  }

  private static String hash(String token) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha.digest(token.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("no SHA-256 in this JDK", e);
    }
  }
}
