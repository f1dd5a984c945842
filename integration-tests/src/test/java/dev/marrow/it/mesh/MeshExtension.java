package dev.marrow.it.mesh;

import dev.marrow.linux.Netns;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * One mesh for all test classes of a run; it goes down with the run. Skips when the machine cannot
 * have one.
 */
final class MeshExtension implements BeforeAllCallback, ParameterResolver {
  private static final ExtensionContext.Namespace SPACE =
      ExtensionContext.Namespace.create(MeshExtension.class);

  @Override
  public void beforeAll(ExtensionContext context) {
    boolean root = ProcessHandle.current().info().user().filter("root"::equals).isPresent();
    org.junit.jupiter.api.Assumptions.assumeTrue(root, "needs root: makes network namespaces");
    mesh(context);
  }

  private static LocalMesh mesh(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(SPACE)
        .computeIfAbsent(
            "mesh",
            key -> {
              try {
                return LocalMesh.up("mit", LocalMesh.objects());
              } catch (Exception e) {
                throw new IllegalStateException("the mesh did not come up: " + e.getMessage(), e);
              }
            },
            LocalMesh.class);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == LocalMesh.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return mesh(context);
  }

  static Netns open(LocalMesh mesh, String namespace, String name) throws java.io.IOException {
    return Netns.open(mesh.netns(namespace, name));
  }
}
