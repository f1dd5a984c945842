package dev.marrow.linux;

import static dev.marrow.linux.Libc.INT;
import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Calls on bare descriptor numbers; everything above works with {@link FileDescriptor}. */
final class Descriptors {
  private static final int O_RDONLY_CLOEXEC = 0x80000;
  private static final int F_DUPFD_CLOEXEC = 1030;
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int STATX_INO = 0x100;
  // struct statx has one layout on all architectures, unlike struct stat.
  private static final long STATX_SIZE = 256;
  private static final long STX_INO = 32;
  private static final long STX_DEV_MAJOR = 136;
  private static final long STX_DEV_MINOR = 140;

  private static final MethodHandle OPEN =
      Libc.link("open", 2, FunctionDescriptor.of(INT, ADDRESS, INT));
  private static final MethodHandle CLOSE = Libc.link("close", FunctionDescriptor.of(INT, INT));
  private static final MethodHandle FCNTL =
      Libc.link("fcntl", 2, FunctionDescriptor.of(INT, INT, INT, INT));
  private static final MethodHandle STATX =
      Libc.link("statx", FunctionDescriptor.of(INT, INT, ADDRESS, INT, INT, ADDRESS));

  private Descriptors() {}

  static int open(String path) throws Errno {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = Libc.state(arena);
      int fd = (int) OPEN.invokeExact(state, arena.allocateFrom(path), O_RDONLY_CLOEXEC);
      return checked(fd, "open", path, state);
    } catch (Errno failure) {
      throw failure;
    } catch (Throwable bug) {
      throw Libc.unexpected(bug);
    }
  }

  /** Linux always frees the number, also when close reports an error, so nobody may try again. */
  static void close(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      int ignored = (int) CLOSE.invokeExact(Libc.state(arena), fd);
    } catch (Throwable bug) {
      throw Libc.unexpected(bug);
    }
  }

  static int duplicate(int fd) throws Errno {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = Libc.state(arena);
      int copy = (int) FCNTL.invokeExact(state, fd, F_DUPFD_CLOEXEC, 0);
      return checked(copy, "fcntl(F_DUPFD_CLOEXEC)", "fd " + fd, state);
    } catch (Errno failure) {
      throw failure;
    } catch (Throwable bug) {
      throw Libc.unexpected(bug);
    }
  }

  static FileIdentity identity(int fd) throws Errno {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = Libc.state(arena);
      MemorySegment stat = arena.allocate(STATX_SIZE, 8);
      int rc =
          (int)
              STATX.invokeExact(state, fd, arena.allocateFrom(""), AT_EMPTY_PATH, STATX_INO, stat);
      checked(rc, "statx", "fd " + fd, state);
      long device =
          ((long) stat.get(INT, STX_DEV_MAJOR) << 32)
              | Integer.toUnsignedLong(stat.get(INT, STX_DEV_MINOR));
      return new FileIdentity(stat.get(Libc.LONG, STX_INO), device);
    } catch (Errno failure) {
      throw failure;
    } catch (Throwable bug) {
      throw Libc.unexpected(bug);
    }
  }

  static int checked(int result, String call, String subject, MemorySegment state) throws Errno {
    if (result < 0) {
      throw new Errno(call, subject, Libc.errno(state));
    }
    return result;
  }
}
