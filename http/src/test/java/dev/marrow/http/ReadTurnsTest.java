package dev.marrow.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whose turn it is to read when many have much to read. */
class ReadTurnsTest {
  private static final int MUCH = 100 << 10;

  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final EventLoop loop = group.next();
  private final ByteBudget greedy = ByteBudget.of(1 << 20, () -> {});
  private final ByteBudget calm = ByteBudget.of(1 << 20, () -> {});

  @AfterEach
  void close() throws Exception {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
  }

  @Test
  void whoReadsLittleAlwaysMay() throws Exception {
    assertThat(afterAHeavyTurn(turns -> turns.admits(1 << 10))).isTrue();
  }

  @Test
  void whoReadsMuchWaitsOnceTheTurnHasItsShare() throws Exception {
    assertThat(afterAHeavyTurn(turns -> turns.admits(MUCH))).isFalse();
  }

  @Test
  void theNextTurnHasAShareOfItsOwn() throws Exception {
    var admitted = new CompletableFuture<Boolean>();
    afterAHeavyTurn(turns -> {
      Turns.between(loop, () -> admitted.complete(turns.admits(MUCH)));
      return true;
    });

    assertThat(admitted.get(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void oneOfAnotherGroupDoesNotWaitForAllOfABusyOne() throws Exception {
    var order = new ArrayList<String>();
    var done = new CompletableFuture<List<String>>();
    afterAHeavyTurn(turns -> {
      for (int i = 0; i < 64; i++) {
        turns.await(reader("greedy", order, done), greedy);
      }
      turns.await(reader("calm", order, done), calm);
      return true;
    });

    assertThat(done.get(20, TimeUnit.SECONDS)).startsWith("greedy", "calm", "greedy");
  }

  @Test
  void theLoopLooksAtItsSocketsBetweenTheShares() throws Exception {
    var order = new ArrayList<String>();
    var done = new CompletableFuture<List<String>>();
    afterAHeavyTurn(turns -> {
      markTurns(order);
      for (int i = 0; i < 65; i++) {
        turns.await(reader("greedy", order, done), greedy);
      }
      return true;
    });

    var inOneTurn = String.join(" ", done.get(20, TimeUnit.SECONDS)).split("turn");
    assertThat(inOneTurn).allSatisfy(part -> assertThat(part.split("greedy")).hasSizeLessThan(6));
  }

  private void markTurns(List<String> order) {
    order.add("turn");
    if (order.size() < 200) {
      Turns.between(loop, () -> markTurns(order));
    }
  }

  private static ReadTurns.Reader reader(
      String name, List<String> order, CompletableFuture<List<String>> done) {
    return () -> {
      order.add(name);
      if (order.stream().filter(word -> !word.equals("turn")).count() == 65) {
        done.complete(List.copyOf(order));
      }
      return MUCH;
    };
  }

  private interface Ask {
    boolean of(ReadTurns turns);
  }

  private boolean afterAHeavyTurn(Ask ask) throws Exception {
    return onLoop(turns -> {
      for (int i = 0; i < 3; i++) {
        turns.took(MUCH);
      }
      return ask.of(turns);
    });
  }

  private boolean onLoop(Ask ask) throws Exception {
    return loop.submit(() -> ask.of(ReadTurns.of(loop))).get(20, TimeUnit.SECONDS);
  }
}
