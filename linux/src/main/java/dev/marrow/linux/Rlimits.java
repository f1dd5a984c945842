package dev.marrow.linux;

import static dev.marrow.linux.Descriptors.checked;
import static dev.marrow.linux.Libc.INT;
import static dev.marrow.linux.Libc.LONG;
import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Resource limits of this process. */
public final class Rlimits {
  private static final int RLIMIT_NOFILE = 7;
  private static final MethodHandle GETRLIMIT =
      Libc.link("getrlimit", FunctionDescriptor.of(INT, INT, ADDRESS));
  private static final MethodHandle SETRLIMIT =
      Libc.link("setrlimit", FunctionDescriptor.of(INT, INT, ADDRESS));

  private Rlimits() {}

  /** Raises the number of open files to the most allowed, and returns the number now in force. */
  public static long raiseOpenFiles() throws Errno {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = Libc.state(arena);
      MemorySegment limit = arena.allocate(LONG, 2);
      checked((int) GETRLIMIT.invokeExact(state, RLIMIT_NOFILE, limit), "getrlimit", "", state);
      long most = limit.getAtIndex(LONG, 1);
      limit.setAtIndex(LONG, 0, most);
      checked((int) SETRLIMIT.invokeExact(state, RLIMIT_NOFILE, limit), "setrlimit", "", state);
      return most;
    } catch (Errno failure) {
      throw failure;
    } catch (Throwable bug) {
      throw Libc.unexpected(bug);
    }
  }
}
