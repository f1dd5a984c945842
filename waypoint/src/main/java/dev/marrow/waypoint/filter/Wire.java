package dev.marrow.waypoint.filter;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Protobuf by hand, for the few foreign messages that we speak. */
final class Wire {
  private Wire() {}

  /** Writes the fields of one message. */
  interface Writing {
    void to(CodedOutputStream out) throws IOException;
  }

  static byte[] message(Writing writing) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      writing.to(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static CodedInputStream nested(CodedInputStream in) throws IOException {
    return CodedInputStream.newInstance(in.readByteArray());
  }
}
