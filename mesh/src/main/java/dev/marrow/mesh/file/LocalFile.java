package dev.marrow.mesh.file;

import dev.marrow.mesh.MeshChange;
import dev.marrow.mesh.MeshDelta;
import dev.marrow.mesh.MeshSource;
import dev.marrow.mesh.MeshView;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * The mesh from a local YAML or JSON file, read once ({@code LOCAL_XDS_PATH}, {@code LOCAL_XDS}).
 * Unknown keys and wrong values are refused with their place in the file.
 */
public final class LocalFile implements MeshSource {
  private final MeshView view;

  private LocalFile(MeshView view) {
    this.view = view;
  }

  /** Reads the file. */
  public static LocalFile read(Path path) throws IOException, LocalFileException {
    throw new UnsupportedOperationException();
  }

  /** Reads inline text; {@code name} stands for the file in messages. */
  public static LocalFile parse(String name, String text) throws LocalFileException {
    throw new UnsupportedOperationException();
  }

  /** The values of the file. */
  public MeshDelta contents() {
    throw new UnsupportedOperationException();
  }

  @Override
  public MeshView current() {
    return view;
  }

  /** Never calls: the file is read once. */
  @Override
  public void onChange(Consumer<MeshChange> listener) {}
}
