package dev.marrow.linux;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A connected {@code AF_UNIX} socket that keeps packet boundaries and passes descriptors.
 *
 * <p>Thread-safe: one thread may send while another receives, and {@link #close} from a third ends
 * both waits. Waits block the calling platform thread; each has a deadline and ends with {@link
 * java.net.SocketTimeoutException}.
 */
public final class SeqPacketSocket implements AutoCloseable {
  private final FileDescriptor fd;

  SeqPacketSocket(FileDescriptor fd) {
    this.fd = fd;
  }

  /**
   * Connects, which for a local socket succeeds or fails at once ({@code EAGAIN}: backlog full).
   */
  public static SeqPacketSocket connect(Path path) throws IOException {
    FileDescriptor fd = FileDescriptor.own(Sockets.create());
    try {
      fd.use(number -> {
        Sockets.connect(number, path);
        return number;
      });
      return new SeqPacketSocket(fd);
    } catch (IOException | RuntimeException failure) {
      fd.close();
      throw failure;
    }
  }

  /** Two sockets connected with each other. */
  public static List<SeqPacketSocket> pair() throws IOException {
    int[] both = Sockets.pair();
    return List.of(
        new SeqPacketSocket(FileDescriptor.own(both[0])),
        new SeqPacketSocket(FileDescriptor.own(both[1])));
  }

  /**
   * Sends one packet. {@code passed} are duplicated into the receiver by the kernel and stay owned
   * by the caller.
   */
  public void send(byte[] bytes, Duration timeout, FileDescriptor... passed) throws IOException {
    var deadline = Deadline.in(timeout);
    int[] numbers = new int[passed.length];
    withNumbers(passed, numbers, 0, () -> fd.use(number -> send(number, bytes, numbers, deadline)));
  }

  /** Enters each descriptor in turn, so that all numbers are valid during {@code last}. */
  private static void withNumbers(FileDescriptor[] passed, int[] numbers, int index, Last last)
      throws IOException {
    if (index == passed.length) {
      last.run();
      return;
    }
    passed[index].use(number -> {
      numbers[index] = number;
      withNumbers(passed, numbers, index + 1, last);
      return number;
    });
  }

  private interface Last {
    void run() throws IOException;
  }

  private static Boolean send(int number, byte[] bytes, int[] passed, Deadline deadline)
      throws IOException {
    while (true) {
      try {
        Messages.send(number, bytes, passed);
        return true;
      } catch (Errno failure) {
        if (failure.code() == Errno.EAGAIN) {
          Sockets.await(number, Sockets.POLLOUT, deadline);
        } else if (failure.code() != Errno.EINTR) {
          throw failure;
        }
      }
    }
  }

  /**
   * Waits for one packet. Empty if the peer has closed. A packet that does not fit into {@code
   * maxBytes} is an error, and its descriptors are closed.
   */
  public Optional<Packet> receive(int maxBytes, Duration timeout) throws IOException {
    var deadline = Deadline.in(timeout);
    Messages.Received received = fd.use(number -> receive(number, maxBytes, deadline));
    if (received.truncated()) {
      received.descriptors().forEach(FileDescriptor::close);
      throw new TruncatedPacketException(maxBytes);
    }
    // Our protocols have no empty packets, so an empty one is the end.
    if (received.bytes().length == 0) {
      received.descriptors().forEach(FileDescriptor::close);
      return Optional.empty();
    }
    return Optional.of(new Packet(received.bytes(), received.descriptors()));
  }

  private static Messages.Received receive(int number, int maxBytes, Deadline deadline)
      throws IOException {
    while (true) {
      try {
        return Messages.receive(number, maxBytes);
      } catch (Errno failure) {
        switch (failure.code()) {
          case Errno.EAGAIN -> Sockets.await(number, Sockets.POLLIN, deadline);
          case Errno.EINTR -> {}
          case Errno.ECONNRESET -> {
            return new Messages.Received(new byte[0], List.of(), false);
          }
          default -> throw failure;
        }
      }
    }
  }

  /** Whether the peer has closed or data waits, without blocking. */
  public boolean readable() throws IOException {
    return fd.use(number -> Sockets.poll(number, Sockets.POLLIN, Duration.ZERO)) > 0;
  }

  public boolean isOpen() {
    return fd.isOpen();
  }

  @Override
  public void close() {
    try {
      fd.use(number -> {
        Sockets.shutdown(number);
        return number;
      });
    } catch (IOException alreadyClosed) {
      return;
    }
    fd.close();
  }
}
