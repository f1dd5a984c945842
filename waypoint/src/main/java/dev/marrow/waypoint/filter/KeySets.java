package dev.marrow.waypoint.filter;

import com.nimbusds.jose.jwk.JWKSet;
import dev.marrow.waypoint.destination.JwtRule;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.text.ParseException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The public keys of token issuers, given or fetched over HTTP and kept for a while. Fetching
 * happens on virtual threads. Thread-safe.
 */
public final class KeySets {
  private static final Duration FRESH = Duration.ofMinutes(20);
  private static final Duration NEGATIVE = Duration.ofSeconds(5);
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final int MOST_BYTES = 1 << 20;

  private static final class Entry {
    volatile @Nullable JWKSet keys;
    volatile long fetched;
    volatile CompletableFuture<JWKSet> pending = CompletableFuture.failedFuture(new IOException());
  }

  private final Map<String, Entry> entries = new ConcurrentHashMap<>();
  private final HttpClient http =
      HttpClient.newBuilder()
          .connectTimeout(TIMEOUT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  /** The keys, if they are at hand; old ones are used while new ones are fetched. */
  @Nullable JWKSet current(JwtRule rule) {
    Entry entry = entry(rule);
    if (!rule.jwksUri().isEmpty() && old(entry, FRESH)) {
      fetch(rule);
    }
    return entry.keys;
  }

  private Entry entry(JwtRule rule) {
    return entries.computeIfAbsent(
        rule.jwksUri() + rule.jwks(),
        key -> {
          Entry entry = new Entry();
          if (!rule.jwks().isEmpty()) {
            entry.keys = given(rule.jwks());
          }
          return entry;
        });
  }

  private static boolean old(Entry entry, Duration age) {
    return System.nanoTime() - entry.fetched > age.toNanos() || entry.fetched == 0;
  }

  /** A signature did not fit: perhaps the keys have changed. */
  void suspect(JwtRule rule) {
    Entry entry = entry(rule);
    if (!rule.jwksUri().isEmpty() && old(entry, Duration.ofSeconds(30))) {
      fetch(rule);
    }
  }

  CompletionStage<JWKSet> fetch(JwtRule rule) {
    Entry entry = entry(rule);
    synchronized (entry) {
      if (!entry.pending.isDone() || entry.fetched != 0 && !old(entry, NEGATIVE)) {
        return entry.pending;
      }
      CompletableFuture<JWKSet> pending = new CompletableFuture<>();
      entry.pending = pending;
      Thread.ofVirtual().name("jwks").start(() -> fetch(rule, entry, pending));
      return pending;
    }
  }

  private void fetch(JwtRule rule, Entry entry, CompletableFuture<JWKSet> pending) {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(rule.jwksUri())).timeout(TIMEOUT).build();
      HttpResponse<byte[]> response = receive(request);
      if (response.statusCode() != 200) {
        throw new IOException("status " + response.statusCode());
      }
      JWKSet keys = parse(new String(response.body(), java.nio.charset.StandardCharsets.UTF_8));
      entry.keys = keys;
      entry.fetched = System.nanoTime();
      pending.complete(keys);
    } catch (IOException | ExecutionException | TimeoutException | RuntimeException e) {
      entry.fetched = System.nanoTime();
      pending.completeExceptionally(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      pending.completeExceptionally(e);
    }
  }

  /** The request's own timeout ends with the head; a body that never ends would hold up all. */
  private HttpResponse<byte[]> receive(HttpRequest request)
      throws InterruptedException, ExecutionException, TimeoutException {
    CompletableFuture<HttpResponse<byte[]>> response =
        http.sendAsync(
            request,
            HttpResponse.BodyHandlers.limiting(
                HttpResponse.BodyHandlers.ofByteArray(), MOST_BYTES));
    try {
      return response.get(TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
    } finally {
      response.cancel(true);
    }
  }

  /** Keys that cannot be read verify nothing. */
  private static JWKSet given(String text) {
    try {
      return parse(text);
    } catch (IllegalArgumentException e) {
      return new JWKSet();
    }
  }

  private static JWKSet parse(String text) {
    try {
      return JWKSet.parse(text).toPublicJWKSet();
    } catch (ParseException e) {
      throw new IllegalArgumentException("jwks: not a key set", e);
    }
  }
}
