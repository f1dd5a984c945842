package dev.marrow.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/** The lower-case name of a header field with its hash, made once and kept in a constant. */
public final class HeaderName {
  public static final HeaderName METHOD = of(":method");
  public static final HeaderName SCHEME = of(":scheme");
  public static final HeaderName AUTHORITY = of(":authority");
  public static final HeaderName PATH = of(":path");
  public static final HeaderName PROTOCOL = of(":protocol");
  public static final HeaderName STATUS = of(":status");
  public static final HeaderName HOST = of("host");
  public static final HeaderName CONTENT_LENGTH = of("content-length");
  public static final HeaderName CONNECTION = of("connection");
  public static final HeaderName TRANSFER_ENCODING = of("transfer-encoding");
  public static final HeaderName TE = of("te");

  private final byte[] bytes;
  private final String text;
  private final int hash;

  private HeaderName(String text) {
    this.text = text;
    this.bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    this.hash = hash(bytes, 0, bytes.length);
  }

  /** A name; upper-case letters are folded, nothing else is checked. */
  public static HeaderName of(String text) {
    return new HeaderName(text.toLowerCase(Locale.ROOT));
  }

  /** The hash that {@link Headers} keeps for names and values. */
  public static int hash(byte[] bytes, int start, int length) {
    int hash = 1;
    for (int i = start, end = start + length; i < end; i++) {
      hash = 31 * hash + bytes[i];
    }
    return hash;
  }

  int length() {
    return bytes.length;
  }

  int hash() {
    return hash;
  }

  byte[] bytes() {
    return bytes;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof HeaderName that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return text;
  }
}
