package dev.marrow.linux;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One action inside another network namespace: go in, act, come back whatever happened. */
final class Visit<T> {
  private static final Logger LOG = LoggerFactory.getLogger(Visit.class);
  private static final int EX_OSERR = 71;

  private final Callable<T> action;

  Visit(Callable<T> action) {
    this.action = action;
  }

  T here(Netns there) throws IOException {
    Netns home = Home.NETNS;
    there.enter();
    try {
      return run();
    } finally {
      returnOrHalt(home);
    }
  }

  T onThreadOfItsOwn(Netns there) throws IOException {
    var task =
        new FutureTask<T>(() -> {
          there.enter();
          // Coming back is not needed: the thread ends here, and a thread is never reused.
          return run();
        });
    Thread.ofPlatform().name("netns-visit").daemon(true).start(task);
    return result(task);
  }

  private static <T> T result(FutureTask<T> task) throws IOException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException again) {
          interrupted = true;
        }
      }
    } catch (ExecutionException failure) {
      throw thrown(requireNonNullElse(failure.getCause(), failure));
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private T run() throws IOException {
    try {
      return action.call();
    } catch (Exception failure) {
      throw thrown(failure);
    }
  }

  private static IOException thrown(Throwable failure) {
    return switch (failure) {
      case IOException io -> io;
      case UncheckedIOException io -> requireNonNull(io.getCause());
      case RuntimeException bug -> throw bug;
      case Error bug -> throw bug;
      default -> new IOException(failure);
    };
  }

  private static void returnOrHalt(Netns home) {
    try {
      home.enter();
    } catch (IOException stranded) {
      LOG.error("thread cannot return to its own network namespace; halting", stranded);
      Runtime.getRuntime().halt(EX_OSERR);
    }
  }

  /** The process's namespace, opened before any thread went elsewhere; open for ever. */
  private static final class Home {
    static final Netns NETNS = open();

    private static Netns open() {
      try {
        return Netns.open(Path.of("/proc/self/ns/net"));
      } catch (IOException impossible) {
        throw new UncheckedIOException(impossible);
      }
    }
  }
}
