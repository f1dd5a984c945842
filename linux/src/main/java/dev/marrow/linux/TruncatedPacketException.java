package dev.marrow.linux;

import java.io.IOException;

/** A packet held more bytes or descriptors than the receiver accepts; it is lost. */
public final class TruncatedPacketException extends IOException {
  private static final long serialVersionUID = 1;

  TruncatedPacketException(int maxBytes) {
    super(
        "packet truncated (expected: at most %d bytes and %d descriptors)"
            .formatted(maxBytes, Messages.MAX_DESCRIPTORS));
  }
}
