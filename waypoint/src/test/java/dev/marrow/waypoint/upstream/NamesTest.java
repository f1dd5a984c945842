package dev.marrow.waypoint.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Addresses of endpoints that are known by name. */
class NamesTest {
  @Test
  void aLookupThatBreaksAnswersWithNoAddress() throws Exception {
    Names names =
        new Names(
            name -> {
              throw new IllegalStateException("resolver");
            },
            () -> 0);
    CompletableFuture<List<InetAddress>> answer = new CompletableFuture<>();

    names.resolve("shop.example.com", Runnable::run, answer::complete);

    assertThat(answer.get(10, TimeUnit.SECONDS)).isEmpty();
  }
}
