package dev.marrow.hbone;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a condition, with a deadline. */
public final class Await {
  private static final long SECONDS = 10;

  private Await() {}

  public static void until(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("condition: not met within " + SECONDS + " s");
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  public static <T> T of(CompletableFuture<T> future) {
    return future.orTimeout(SECONDS, TimeUnit.SECONDS).join();
  }
}
