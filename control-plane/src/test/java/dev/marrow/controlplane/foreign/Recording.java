package dev.marrow.controlplane.foreign;

import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A conversation that was written down: in order, what was said by whom. */
record Recording(List<Line> lines) {
  private static final Pattern LINE =
      Pattern.compile("^--- (\\S+) ?(.*)\\n((?:(?!--- ).*\\n)*)", Pattern.MULTILINE);

  Recording {
    lines = List.copyOf(lines);
  }

  /**
   * One thing said or done.
   *
   * @param what call, request, answer, certificate, issued or do
   * @param rest of that line
   * @param body the message as protobuf text
   */
  record Line(String what, String rest, String body) {
    /** The message, read into {@code builder}. */
    <B extends Message.Builder> B read(B builder) {
      try {
        TextFormat.merge(body, builder);
        return builder;
      } catch (TextFormat.ParseException e) {
        throw new IllegalArgumentException(what, e);
      }
    }
  }

  static Recording of(String name) {
    List<Line> lines = new ArrayList<>();
    Matcher line = LINE.matcher(text(name));
    while (line.find()) {
      lines.add(new Line(line.group(1), line.group(2), line.group(3)));
    }
    return new Recording(lines);
  }

  static String text(String name) {
    try (InputStream in = Recording.class.getResourceAsStream("/foreign/" + name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
