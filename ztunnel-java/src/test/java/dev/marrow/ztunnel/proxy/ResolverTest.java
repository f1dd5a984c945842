package dev.marrow.ztunnel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResolverTest {
  private static final int MOST_NAMES = 4096;
  private static final List<InetAddress> SOMEWHERE = List.of(InetAddress.ofLiteral("10.0.0.1"));

  @Test
  void noMoreNamesAreLookedUpAtATimeThanAreKept() {
    var resolver = new Resolver(name -> SOMEWHERE, task -> {});
    for (int i = 0; i < MOST_NAMES; i++) {
      assertThat(resolver.resolve("name-" + i, true).toCompletableFuture()).isNotDone();
    }

    assertThat(resolver.resolve("another", true).toCompletableFuture()).isCompletedExceptionally();
    assertThat(resolver.resolve("name-1", true).toCompletableFuture()).isNotDone();
  }

  @Test
  void newNamesTakeThePlaceOfThoseThatWereAnswered() {
    var resolver = new Resolver(name -> SOMEWHERE, Runnable::run);

    for (int i = 0; i < MOST_NAMES + 100; i++) {
      assertThat(resolver.resolve("name-" + i, true).toCompletableFuture()).isCompleted();
    }

    assertThat(resolver.names()).isEqualTo(MOST_NAMES);
  }
}
