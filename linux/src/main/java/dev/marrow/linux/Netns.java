package dev.marrow.linux;

import static dev.marrow.linux.Libc.INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/**
 * A network namespace, held by a descriptor. A socket belongs for ever to the namespace its
 * creating thread was in, so only <em>creation</em> (and starting a process) must run inside;
 * connect, accept, read and write work from everywhere.
 *
 * <p>Thread-safe. Entering needs CAP_SYS_ADMIN. Owns its descriptor: {@link #close} it, or the
 * namespace never goes away.
 */
public final class Netns implements AutoCloseable {
  private static final int CLONE_NEWNET = 0x40000000;
  private static final MethodHandle SETNS =
      Libc.link("setns", FunctionDescriptor.of(INT, INT, INT));

  private final FileDescriptor fd;
  private final FileIdentity identity;

  private Netns(FileDescriptor fd, FileIdentity identity) {
    this.fd = fd;
    this.identity = identity;
  }

  /** Opens by name, such as {@code /run/netns/x} or {@code /proc/1/ns/net}. */
  public static Netns open(Path path) throws IOException {
    return of(FileDescriptor.open(path));
  }

  /** Takes over a descriptor of a namespace, such as one received from another process. */
  public static Netns of(FileDescriptor fd) throws IOException {
    try {
      return new Netns(fd, fd.identity());
    } catch (IOException failure) {
      fd.close();
      throw failure;
    }
  }

  /** The namespace of the calling thread. */
  public static Netns current() throws IOException {
    return open(Path.of("/proc/thread-self/ns/net"));
  }

  public FileIdentity identity() {
    return identity;
  }

  /** A second handle on the same namespace, owned by the caller. */
  public Netns duplicate() throws IOException {
    return new Netns(fd.duplicate(), identity);
  }

  /** The descriptor, for passing to another process. Stays owned by this object. */
  public FileDescriptor descriptor() {
    return fd;
  }

  /**
   * Runs {@code action} inside, on a thread made for it, and waits. For slow actions (a process, a
   * listener); the caller may be a virtual thread. If the thread cannot come back it ends, and with
   * it the only thing that was in the wrong place.
   */
  public <T> T call(Callable<T> action) throws IOException {
    return new Visit<>(action).onThreadOfItsOwn(this);
  }

  /**
   * Runs {@code action} inside, on the calling platform thread: two system calls instead of a
   * hand-over. For socket creation on an event loop; the action must do nothing else. If the thread
   * cannot come back the process is halted, because it would go on to work for the wrong pod.
   */
  public <T> T callHere(Callable<T> action) throws IOException {
    if (Thread.currentThread().isVirtual()) {
      throw new IllegalStateException("callHere on a virtual thread (expected: a platform thread)");
    }
    return new Visit<>(action).here(this);
  }

  void enter() throws IOException {
    fd.use(number -> {
      setns(number);
      return number;
    });
  }

  private static void setns(int number) throws Errno {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = Libc.state(arena);
      int rc = (int) SETNS.invokeExact(state, number, CLONE_NEWNET);
      Descriptors.checked(rc, "setns", "fd " + number, state);
    } catch (Errno failure) {
      throw failure;
    } catch (Throwable bug) {
      throw Libc.unexpected(bug);
    }
  }

  @Override
  public void close() {
    fd.close();
  }

  @Override
  public String toString() {
    return "netns " + identity;
  }
}
