package dev.marrow.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** How a function of the C library becomes a method handle that also tells errno. */
final class Libc {
  static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private Libc() {}

  /**
   * Links a function. The handle takes, first, the segment of {@link #state} that receives errno.
   * {@code fixed} is the number of fixed parameters if the function is variadic, else negative.
   */
  static MethodHandle link(String name, int fixed, FunctionDescriptor descriptor) {
    Linker linker = Linker.nativeLinker();
    Linker.Option errno = Linker.Option.captureCallState("errno");
    MemorySegment function = linker.defaultLookup().findOrThrow(name);
    return fixed < 0
        ? linker.downcallHandle(function, descriptor, errno)
        : linker.downcallHandle(function, descriptor, errno, Linker.Option.firstVariadicArg(fixed));
  }

  static MethodHandle link(String name, FunctionDescriptor descriptor) {
    return link(name, -1, descriptor);
  }

  /** Room for errno; lives as long as {@code arena}. */
  static MemorySegment state(Arena arena) {
    return arena.allocate(STATE);
  }

  static int errno(MemorySegment state) {
    return (int) ERRNO.get(state, 0L);
  }

  /** Linked handles throw nothing by themselves: whatever arrives here is a bug. */
  static Error unexpected(Throwable bug) {
    return bug instanceof Error error ? error : new AssertionError(bug);
  }
}
