package dev.marrow.linux;

import static dev.marrow.linux.Descriptors.checked;
import static dev.marrow.linux.Libc.INT;
import static dev.marrow.linux.Libc.LONG;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * sendmsg(2) and recvmsg(2) with descriptors in {@code SCM_RIGHTS}. Offsets are those of 64-bit
 * Linux with glibc, where {@code msghdr} and {@code cmsghdr} look alike on all architectures.
 */
final class Messages {
  /** More descriptors than this in one packet are treated as truncation. */
  static final int MAX_DESCRIPTORS = 8;

  private static final int SOL_SOCKET = 1;
  private static final int SCM_RIGHTS = 1;
  private static final int MSG_CTRUNC = 0x8;
  private static final int MSG_TRUNC = 0x20;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int MSG_CMSG_CLOEXEC = 0x40000000;

  private static final int MSGHDR_BYTES = 56;
  private static final int CMSG_HEADER = 16;
  private static final int CONTROL_BYTES = CMSG_HEADER + MAX_DESCRIPTORS * Integer.BYTES;

  private static final MethodHandle SENDMSG =
      Libc.link("sendmsg", FunctionDescriptor.of(LONG, INT, ADDRESS, INT));
  private static final MethodHandle RECVMSG =
      Libc.link("recvmsg", FunctionDescriptor.of(LONG, INT, ADDRESS, INT));

  private Messages() {}

  /** What came. {@code truncated} if bytes or descriptors did not fit; the rest is then lost. */
  record Received(byte[] bytes, List<FileDescriptor> descriptors, boolean truncated) {}

  static void send(int fd, byte[] bytes, int[] passed) throws Errno {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = Libc.state(arena);
      MemorySegment content = arena.allocate(Math.max(1, bytes.length));
      MemorySegment.copy(bytes, 0, content, JAVA_BYTE, 0, bytes.length);
      MemorySegment control = passed.length == 0 ? MemorySegment.NULL : rights(arena, passed);
      MemorySegment header = header(arena, content, bytes.length, control);
      long sent = (long) SENDMSG.invokeExact(state, fd, header, MSG_DONTWAIT | MSG_NOSIGNAL);
      checked((int) sent, "sendmsg", "fd " + fd, state);
    } catch (Errno failure) {
      throw failure;
    } catch (Throwable bug) {
      throw Libc.unexpected(bug);
    }
  }

  static Received receive(int fd, int maxBytes) throws Errno {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = Libc.state(arena);
      MemorySegment content = arena.allocate(Math.max(1, maxBytes));
      MemorySegment control = arena.allocate(CONTROL_BYTES, 8);
      MemorySegment header = header(arena, content, maxBytes, control);
      long count = (long) RECVMSG.invokeExact(state, fd, header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
      checked((int) count, "recvmsg", "fd " + fd, state);
      byte[] bytes = content.asSlice(0, count).toArray(JAVA_BYTE);
      boolean truncated = (header.get(INT, 48) & (MSG_TRUNC | MSG_CTRUNC)) != 0;
      return new Received(bytes, descriptors(control, header.get(LONG, 40)), truncated);
    } catch (Errno failure) {
      throw failure;
    } catch (Throwable bug) {
      throw Libc.unexpected(bug);
    }
  }

  /** {@code msghdr}: name 0, namelen 8, iov 16, iovlen 24, control 32, controllen 40, flags 48. */
  private static MemorySegment header(
      Arena arena, MemorySegment content, long length, MemorySegment control) {
    MemorySegment vector = arena.allocate(16, 8);
    vector.set(ADDRESS, 0, content);
    vector.set(LONG, 8, length);
    MemorySegment header = arena.allocate(MSGHDR_BYTES, 8);
    header.set(ADDRESS, 16, vector);
    header.set(LONG, 24, 1L);
    header.set(ADDRESS, 32, control);
    header.set(LONG, 40, control.byteSize());
    return header;
  }

  /** {@code cmsghdr}: len 0 (without padding), level 8, type 12, then the numbers. */
  private static MemorySegment rights(Arena arena, int[] passed) {
    long length = CMSG_HEADER + (long) passed.length * Integer.BYTES;
    MemorySegment control = arena.allocate((length + 7) & ~7L, 8);
    control.set(LONG, 0, length);
    control.set(INT, 8, SOL_SOCKET);
    control.set(INT, 12, SCM_RIGHTS);
    MemorySegment.copy(passed, 0, control, INT, CMSG_HEADER, passed.length);
    return control;
  }

  private static List<FileDescriptor> descriptors(MemorySegment control, long used) {
    var found = new ArrayList<FileDescriptor>();
    long offset = 0;
    while (offset + CMSG_HEADER <= used) {
      long length = control.get(LONG, offset);
      if (length < CMSG_HEADER || offset + length > control.byteSize()) {
        break;
      }
      boolean rights =
          control.get(INT, offset + 8) == SOL_SOCKET && control.get(INT, offset + 12) == SCM_RIGHTS;
      for (long at = CMSG_HEADER; rights && at + Integer.BYTES <= length; at += Integer.BYTES) {
        found.add(FileDescriptor.own(control.get(INT, offset + at)));
      }
      offset += (length + 7) & ~7L;
    }
    return List.copyOf(found);
  }
}
