package dev.marrow.mesh.file;

/** A local file that cannot be used, with the place and what was expected. */
public final class LocalFileException extends Exception {
  private static final long serialVersionUID = 1L;

  LocalFileException(String message) {
    super(message);
  }
}
