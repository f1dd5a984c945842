package dev.marrow.linux;

import static dev.marrow.linux.Descriptors.checked;
import static dev.marrow.linux.Libc.INT;
import static dev.marrow.linux.Libc.LONG;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Socket calls on bare numbers, for {@code AF_UNIX}. Everything is non-blocking but {@link #await}.
 */
final class Sockets {
  static final short POLLIN = 1;
  static final short POLLOUT = 4;
  private static final int AF_UNIX = 1;
  private static final int SOCK_SEQPACKET = 5;
  private static final int SOCK_NONBLOCK = 0x800;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int SHUT_RDWR = 2;
  private static final int SUN_PATH_BYTES = 108;

  private static final MethodHandle SOCKET =
      Libc.link("socket", FunctionDescriptor.of(INT, INT, INT, INT));
  private static final MethodHandle SOCKETPAIR =
      Libc.link("socketpair", FunctionDescriptor.of(INT, INT, INT, INT, ADDRESS));
  private static final MethodHandle BIND =
      Libc.link("bind", FunctionDescriptor.of(INT, INT, ADDRESS, INT));
  private static final MethodHandle CONNECT =
      Libc.link("connect", FunctionDescriptor.of(INT, INT, ADDRESS, INT));
  private static final MethodHandle LISTEN =
      Libc.link("listen", FunctionDescriptor.of(INT, INT, INT));
  private static final MethodHandle ACCEPT4 =
      Libc.link("accept4", FunctionDescriptor.of(INT, INT, ADDRESS, ADDRESS, INT));
  private static final MethodHandle SHUTDOWN =
      Libc.link("shutdown", FunctionDescriptor.of(INT, INT, INT));
  private static final MethodHandle POLL =
      Libc.link("poll", FunctionDescriptor.of(INT, ADDRESS, LONG, INT));

  private Sockets() {}

  static int create() throws Errno {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = Libc.state(arena);
      int type = SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC;
      return checked((int) SOCKET.invokeExact(state, AF_UNIX, type, 0), "socket", "", state);
    } catch (Errno failure) {
      throw failure;
    } catch (Throwable bug) {
      throw Libc.unexpected(bug);
    }
  }

  static int[] pair() throws Errno {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = Libc.state(arena);
      MemorySegment both = arena.allocate(INT, 2);
      int type = SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC;
      int rc = (int) SOCKETPAIR.invokeExact(state, AF_UNIX, type, 0, both);
      checked(rc, "socketpair", "", state);
      return both.toArray(INT);
    } catch (Errno failure) {
      throw failure;
    } catch (Throwable bug) {
      throw Libc.unexpected(bug);
    }
  }

  static void bind(int fd, Path path) throws Errno {
    withAddress(BIND, "bind", fd, path);
  }

  static void connect(int fd, Path path) throws Errno {
    withAddress(CONNECT, "connect", fd, path);
  }

  private static void withAddress(MethodHandle handle, String call, int fd, Path path)
      throws Errno {
    byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
    if (name.length >= SUN_PATH_BYTES) {
      throw new IllegalArgumentException(
          "socket path: '%s' is %d bytes (expected: < %d)"
              .formatted(path, name.length, SUN_PATH_BYTES));
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = Libc.state(arena);
      MemorySegment address = arena.allocate(2 + SUN_PATH_BYTES, 2);
      address.set(JAVA_SHORT, 0, (short) AF_UNIX);
      MemorySegment.copy(name, 0, address, JAVA_BYTE, 2, name.length);
      int rc = (int) handle.invokeExact(state, fd, address, 2 + name.length + 1);
      checked(rc, call, path.toString(), state);
    } catch (Errno failure) {
      throw failure;
    } catch (Throwable bug) {
      throw Libc.unexpected(bug);
    }
  }

  static void listen(int fd, int backlog) throws Errno {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = Libc.state(arena);
      checked((int) LISTEN.invokeExact(state, fd, backlog), "listen", "fd " + fd, state);
    } catch (Errno failure) {
      throw failure;
    } catch (Throwable bug) {
      throw Libc.unexpected(bug);
    }
  }

  static int accept(int fd) throws Errno {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = Libc.state(arena);
      MemorySegment none = MemorySegment.NULL;
      int flags = SOCK_NONBLOCK | SOCK_CLOEXEC;
      int accepted = (int) ACCEPT4.invokeExact(state, fd, none, none, flags);
      return checked(accepted, "accept4", "fd " + fd, state);
    } catch (Errno failure) {
      throw failure;
    } catch (Throwable bug) {
      throw Libc.unexpected(bug);
    }
  }

  /** Wakes everybody who polls the socket. A socket that is not connected has nobody to wake. */
  static void shutdown(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      int ignored = (int) SHUTDOWN.invokeExact(Libc.state(arena), fd, SHUT_RDWR);
    } catch (Throwable bug) {
      throw Libc.unexpected(bug);
    }
  }

  /** Blocks until {@code events} (or an error or end) is there; times out with an exception. */
  static void await(int fd, short events, Deadline deadline) throws Errno, SocketTimeoutException {
    while (poll(fd, events, deadline.remaining()) == 0) {
      if (deadline.passed()) {
        throw new SocketTimeoutException("fd %d: nothing within the deadline".formatted(fd));
      }
    }
  }

  /** The number of descriptors that are ready: 0 or 1. An interrupting signal counts as 0. */
  static int poll(int fd, short events, Duration timeout) throws Errno {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = Libc.state(arena);
      MemorySegment poll = arena.allocate(8, 4);
      poll.set(INT, 0, fd);
      poll.set(JAVA_SHORT, 4, events);
      // Rounded up, or the last fraction of a millisecond becomes a busy loop.
      long millis = Math.clamp(timeout.plusNanos(999_999).toMillis(), 0, 3_600_000);
      int ready = (int) POLL.invokeExact(state, poll, 1L, (int) millis);
      if (ready < 0 && Libc.errno(state) == Errno.EINTR) {
        return 0;
      }
      return checked(ready, "poll", "fd " + fd, state);
    } catch (Errno failure) {
      throw failure;
    } catch (Throwable bug) {
      throw Libc.unexpected(bug);
    }
  }
}
