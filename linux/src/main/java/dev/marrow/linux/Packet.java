package dev.marrow.linux;

import java.util.List;

/**
 * One packet of a {@code SOCK_SEQPACKET} socket with the descriptors passed along. Owns them until
 * {@link #takeOnlyDescriptor}; {@link #close} closes those nobody took.
 */
public final class Packet implements AutoCloseable {
  private final byte[] bytes;
  private List<FileDescriptor> descriptors;

  Packet(byte[] bytes, List<FileDescriptor> descriptors) {
    this.bytes = bytes;
    this.descriptors = descriptors;
  }

  /** The content; not copied. */
  public byte[] bytes() {
    return bytes;
  }

  public int descriptorCount() {
    return descriptors.size();
  }

  /** Hands over the descriptor. There must be exactly one. */
  public FileDescriptor takeOnlyDescriptor() {
    if (descriptors.size() != 1) {
      throw new IllegalStateException(
          "descriptors: %d (expected: exactly 1)".formatted(descriptors.size()));
    }
    FileDescriptor only = descriptors.getFirst();
    descriptors = List.of();
    return only;
  }

  @Override
  public void close() {
    descriptors.forEach(FileDescriptor::close);
    descriptors = List.of();
  }
}
