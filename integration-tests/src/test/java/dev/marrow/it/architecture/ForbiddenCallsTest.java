package dev.marrow.it.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** Calls that have no place in a proxy, each with its reason. */
class ForbiddenCallsTest {
  private static void holds(ArchRule rule) {
    rule.allowEmptyShould(true).check(Product.CLASSES);
  }

  @Test
  void nobodyPrintsStackTraces() {
    holds(
        noClasses()
            .should()
            .callMethod(Throwable.class, "printStackTrace")
            .because("failures have an address: a reason, a counter and one log line"));
  }

  @Test
  void theDataPathNeverSleepsNorWaits() {
    holds(
        noClasses()
            .that()
            .resideInAnyPackage(
                "dev.marrow.http..",
                "dev.marrow.hbone..",
                "dev.marrow.ztunnel.proxy..",
                "dev.marrow.waypoint.proxy..")
            .should()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .callMethod(Object.class, "wait")
            .orShould()
            .callMethod(java.util.concurrent.Future.class, "get")
            .orShould()
            .callMethod(java.util.concurrent.CompletableFuture.class, "join")
            .because("an event loop that waits stops every connection it owns"));
  }

  @Test
  void onlyMainEndsTheProcess() {
    holds(
        noClasses()
            .that()
            .haveSimpleNameNotContaining("Main")
            .and()
            .haveSimpleNameNotContaining("Marrow")
            .and()
            .doNotHaveSimpleName(
                "Ztunnel") // a broken ZDS contract ends the process, as its peers expect
            .and()
            .resideOutsideOfPackages("dev.marrow.cli..", "dev.marrow.conformance.command..")
            .should()
            .callMethod(System.class, "exit", int.class)
            .because("whoever ends the process skips everybody else's drain"));
  }

  @Test
  void nobodyDeserialisesJavaObjects() {
    holds(
        noClasses()
            .should()
            .callMethod(java.io.ObjectInputStream.class, "readObject")
            .because("foreign bytes never become objects by themselves"));
  }

  @Test
  void nobodyUsesUnboundedThreadPools() {
    holds(
        noClasses()
            .should()
            .callMethod(java.util.concurrent.Executors.class, "newCachedThreadPool")
            .because("everything has a limit; what waits runs on virtual threads"));
  }
}
