package dev.marrow.linux;

import static dev.marrow.linux.Descriptors.checked;
import static dev.marrow.linux.Libc.INT;
import static dev.marrow.linux.Libc.LONG;
import static java.lang.foreign.ValueLayout.ADDRESS;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** posix_spawn(3), waitpid(2) and what they need. */
final class Spawn {
  // pidfd_open has one number on all architectures.
  private static final long SYS_PIDFD_OPEN = 434;
  private static final int MFD_CLOEXEC = 1;
  private static final int SIGKILL = 9;
  // Larger than the type in any C library we run on (glibc: 80).
  private static final long FILE_ACTIONS_BYTES = 256;

  private static final MethodHandle MEMFD =
      Libc.link("memfd_create", FunctionDescriptor.of(INT, ADDRESS, INT));
  private static final MethodHandle SPAWN =
      Libc.link(
          "posix_spawnp",
          FunctionDescriptor.of(INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS));
  private static final MethodHandle ACTIONS_INIT =
      Libc.link("posix_spawn_file_actions_init", FunctionDescriptor.of(INT, ADDRESS));
  private static final MethodHandle ACTIONS_DESTROY =
      Libc.link("posix_spawn_file_actions_destroy", FunctionDescriptor.of(INT, ADDRESS));
  private static final MethodHandle ACTIONS_DUP2 =
      Libc.link("posix_spawn_file_actions_adddup2", FunctionDescriptor.of(INT, ADDRESS, INT, INT));
  private static final MethodHandle WAITPID =
      Libc.link("waitpid", FunctionDescriptor.of(INT, INT, ADDRESS, INT));
  private static final MethodHandle KILL = Libc.link("kill", FunctionDescriptor.of(INT, INT, INT));
  private static final MethodHandle PIDFD_OPEN =
      Libc.link("syscall", 1, FunctionDescriptor.of(LONG, LONG, INT, INT));

  /** Closes what the JDK leaves inheritable; glibc has it since 2.34. */
  private static final Optional<MethodHandle> ACTIONS_CLOSE_FROM =
      Linker.nativeLinker()
          .defaultLookup()
          .find("posix_spawn_file_actions_addclosefrom_np")
          .map(found ->
              Libc.link(
                  "posix_spawn_file_actions_addclosefrom_np",
                  FunctionDescriptor.of(INT, ADDRESS, INT)));

  private Spawn() {}

  /** A file without a name; the child gets all input at once and can never block on output. */
  static FileDescriptor memoryFile(String name) throws Errno {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = Libc.state(arena);
      int fd = (int) MEMFD.invokeExact(state, arena.allocateFrom(name), MFD_CLOEXEC);
      return FileDescriptor.own(checked(fd, "memfd_create", name, state));
    } catch (Errno failure) {
      throw failure;
    } catch (Throwable bug) {
      throw Libc.unexpected(bug);
    }
  }

  /** Opening this path gives a fresh offset at the start of the file. */
  static Path path(FileDescriptor file) throws IOException {
    return file.use(number -> Path.of("/proc/self/fd/" + number));
  }

  static int start(
      List<String> arguments, FileDescriptor in, FileDescriptor out, FileDescriptor err)
      throws IOException {
    return in.use(i -> out.use(o -> err.use(e -> start(arguments, new int[] {i, o, e}))));
  }

  private static int start(List<String> arguments, int[] streams) throws Errno {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = Libc.state(arena);
      MemorySegment actions = arena.allocate(FILE_ACTIONS_BYTES, 16);
      int ignored = (int) ACTIONS_INIT.invokeExact(state, actions);
      try {
        for (int stream = 0; stream < streams.length; stream++) {
          ignored = (int) ACTIONS_DUP2.invokeExact(state, actions, streams[stream], stream);
        }
        if (ACTIONS_CLOSE_FROM.isPresent()) {
          ignored = (int) ACTIONS_CLOSE_FROM.get().invokeExact(state, actions, 3);
        }
        return spawn(arena, state, actions, arguments);
      } finally {
        ignored = (int) ACTIONS_DESTROY.invokeExact(state, actions);
      }
    } catch (Errno failure) {
      throw failure;
    } catch (Throwable bug) {
      throw Libc.unexpected(bug);
    }
  }

  private static int spawn(
      Arena arena, MemorySegment state, MemorySegment actions, List<String> arguments)
      throws Throwable {
    MemorySegment pid = arena.allocate(INT);
    List<String> environment = System.getenv().entrySet().stream().map(Spawn::assignment).toList();
    int error =
        (int)
            SPAWN.invokeExact(
                state,
                pid,
                arena.allocateFrom(arguments.getFirst()),
                actions,
                MemorySegment.NULL,
                strings(arena, arguments),
                strings(arena, environment));
    if (error != 0) {
      throw new Errno("posix_spawnp", arguments.getFirst(), error);
    }
    return pid.get(INT, 0);
  }

  private static String assignment(Map.Entry<String, String> variable) {
    return variable.getKey() + "=" + variable.getValue();
  }

  private static MemorySegment strings(Arena arena, List<String> texts) {
    MemorySegment array = arena.allocate(ADDRESS, texts.size() + 1L);
    for (int i = 0; i < texts.size(); i++) {
      array.setAtIndex(ADDRESS, i, arena.allocateFrom(texts.get(i)));
    }
    return array;
  }

  /** Waits for the child and reaps it; kills it when {@code longest} is over. */
  static int await(int pid, Duration longest) throws IOException {
    try (var process = pidfd(pid)) {
      var deadline = Deadline.in(longest);
      while (process.use(fd -> Sockets.poll(fd, Sockets.POLLIN, deadline.remaining())) == 0) {
        if (deadline.passed()) {
          kill(pid);
        }
      }
    }
    return reap(pid);
  }

  private static FileDescriptor pidfd(int pid) throws Errno {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = Libc.state(arena);
      long fd = (long) PIDFD_OPEN.invokeExact(state, SYS_PIDFD_OPEN, pid, 0);
      return FileDescriptor.own(checked((int) fd, "pidfd_open", "pid " + pid, state));
    } catch (Errno failure) {
      throw failure;
    } catch (Throwable bug) {
      throw Libc.unexpected(bug);
    }
  }

  private static void kill(int pid) {
    try (Arena arena = Arena.ofConfined()) {
      int ignored = (int) KILL.invokeExact(Libc.state(arena), pid, SIGKILL);
    } catch (Throwable bug) {
      throw Libc.unexpected(bug);
    }
  }

  private static int reap(int pid) throws Errno {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = Libc.state(arena);
      MemorySegment word = arena.allocate(INT);
      while ((int) WAITPID.invokeExact(state, pid, word, 0) < 0) {
        if (Libc.errno(state) != Errno.EINTR) {
          throw new Errno("waitpid", "pid " + pid, Libc.errno(state));
        }
      }
      int status = word.get(INT, 0);
      int signal = status & 0x7f;
      return signal == 0 ? (status >> 8) & 0xff : 128 + signal;
    } catch (Errno failure) {
      throw failure;
    } catch (Throwable bug) {
      throw Libc.unexpected(bug);
    }
  }
}
