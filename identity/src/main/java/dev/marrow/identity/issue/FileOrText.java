package dev.marrow.identity.issue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A setting's value that is a file, read anew each time, or the text itself. Never shown. */
public sealed interface FileOrText {
  /** What it says now. */
  String read();

  /** A file that others may replace at any time. */
  record File(Path path) implements FileOrText {
    @Override
    public String read() {
      try {
        return Files.readString(path, StandardCharsets.UTF_8).strip();
      } catch (IOException e) {
        throw new UncheckedIOException("%s: cannot be read".formatted(path), e);
      }
    }
  }

  /** The text itself. */
  record Text(String text) implements FileOrText {
    @Override
    public String read() {
      return text;
    }

    @Override
    public String toString() {
      return "Text[%d characters]".formatted(text.length());
    }
  }

  /** PEM or a token stands for itself; whatever begins like a path is one. */
  static FileOrText parse(String setting) {
    return setting.startsWith("/") || setting.startsWith("./")
        ? new File(Path.of(setting))
        : new Text(setting.strip());
  }
}
