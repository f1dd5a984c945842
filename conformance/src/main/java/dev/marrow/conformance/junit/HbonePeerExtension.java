package dev.marrow.conformance.junit;

import dev.marrow.conformance.Case;
import dev.marrow.conformance.cases.Catalogue;
import java.lang.reflect.Method;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/** Behind {@link HbonePeer}: one invocation for each case. */
final class HbonePeerExtension implements TestTemplateInvocationContextProvider {
  @Override
  public boolean supportsTestTemplate(ExtensionContext context) {
    return context.getRequiredTestMethod().isAnnotationPresent(HbonePeer.class);
  }

  @Override
  public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(
      ExtensionContext context) {
    HbonePeer wanted = context.getRequiredTestMethod().getAnnotation(HbonePeer.class);
    PeerUnderTest peer = peer(context.getRequiredTestClass(), wanted.value());
    return Catalogue.all().stream()
        .filter(each -> isWanted(each, List.of(wanted.only())))
        .filter(each -> each.info().profiles().contains(peer.target().profile()))
        .map(each -> new Invocation(new CaseRun(each, peer, wanted.floods())));
  }

  private static boolean isWanted(Case each, List<String> only) {
    return only.isEmpty() || only.contains(each.id()) || only.contains(each.info().group().name());
  }

  private static PeerUnderTest peer(Class<?> test, String name) {
    try {
      Method method = test.getDeclaredMethod(name);
      method.setAccessible(true);
      return (PeerUnderTest) method.invoke(null);
    } catch (ReflectiveOperationException | ClassCastException e) {
      throw new IllegalStateException(
          "@HbonePeer(\"%s\"): expected a static method of %s that returns PeerUnderTest"
              .formatted(name, test.getName()),
          e);
    }
  }

  private record Invocation(CaseRun run) implements TestTemplateInvocationContext {
    @Override
    public String getDisplayName(int index) {
      return run.toString();
    }

    @Override
    public List<Extension> getAdditionalExtensions() {
      return List.of(new Parameter(run));
    }
  }

  private record Parameter(CaseRun run) implements ParameterResolver {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == CaseRun.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return run;
    }
  }
}
