package dev.marrow.linux;

/**
 * What makes two descriptors the same file: inode and device. For a network namespace it is the
 * namespace's identity, however many names and descriptors it has. {@code device} holds the major
 * number in its upper, the minor number in its lower 32 bits.
 */
public record FileIdentity(long inode, long device) {
  @Override
  public String toString() {
    return "%d:%d/%d".formatted(device >>> 32, device & 0xffff_ffffL, inode);
  }
}
