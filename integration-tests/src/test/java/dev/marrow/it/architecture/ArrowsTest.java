package dev.marrow.it.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/**
 * Who may know whom. Maven keeps the arrows between modules; these are the ones between packages.
 */
class ArrowsTest {
  private static void holds(ArchRule rule) {
    rule.allowEmptyShould(true).check(Product.CLASSES);
  }

  @Test
  void theProxiesAndTheControlPlaneMeetOnTheWireOnly() {
    holds(
        noClasses()
            .that()
            .resideInAPackage("dev.marrow.ztunnel..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "dev.marrow.waypoint..", "dev.marrow.controlplane..", "dev.marrow.nodeagent.."));
    holds(
        noClasses()
            .that()
            .resideInAPackage("dev.marrow.waypoint..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "dev.marrow.ztunnel..", "dev.marrow.controlplane..", "dev.marrow.nodeagent.."));
    holds(
        noClasses()
            .that()
            .resideInAPackage("dev.marrow.controlplane..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "dev.marrow.ztunnel..", "dev.marrow.waypoint..", "dev.marrow.nodeagent.."));
  }

  @Test
  void httpKnowsNothingOfMeshes() {
    holds(
        noClasses()
            .that()
            .resideInAPackage("dev.marrow.http..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "dev.marrow.identity..", "dev.marrow.mesh..", "dev.marrow.hbone.."));
  }

  @Test
  void decisionsAreMadeWithoutNetty() {
    holds(
        noClasses()
            .that()
            .resideInAnyPackage(
                "dev.marrow.identity",
                "dev.marrow.mesh",
                "dev.marrow.mesh.workload",
                "dev.marrow.mesh.policy",
                "dev.marrow.mesh.balance",
                "dev.marrow.mesh.file",
                "dev.marrow.waypoint.route",
                "dev.marrow.waypoint.authorize",
                "dev.marrow.ztunnel.settings",
                "dev.marrow.waypoint.settings",
                "dev.marrow.controlplane.compile")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.netty.."));
  }

  @Test
  void messagesOfTheWireStopAtTheEdges() {
    holds(
        noClasses()
            .that()
            .resideInAnyPackage(
                "dev.marrow.mesh",
                "dev.marrow.mesh.workload",
                "dev.marrow.mesh.policy",
                "dev.marrow.mesh.balance",
                "dev.marrow.ztunnel.proxy..",
                "dev.marrow.ztunnel.report..",
                "dev.marrow.waypoint.proxy..",
                "dev.marrow.waypoint.route..",
                "dev.marrow.waypoint.authorize..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.marrow.proto.."));
  }

  @Test
  void theDataPathIsGivenRecordsAndReadsNoSettings() {
    holds(
        noClasses()
            .that()
            .resideInAPackage("dev.marrow.ztunnel.proxy..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "dev.marrow.ztunnel.settings..",
                "dev.marrow.ztunnel.admin..",
                "dev.marrow.mesh.xds.."));
    holds(
        noClasses()
            .that()
            .resideInAPackage("dev.marrow.waypoint.proxy..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "dev.marrow.waypoint.settings..",
                "dev.marrow.waypoint.admin..",
                "dev.marrow.mesh.xds.."));
  }

  @Test
  void theConformanceKitStandsAlone() {
    holds(
        classes()
            .that()
            .resideInAPackage("dev.marrow.conformance..")
            .should()
            .onlyDependOnClassesThat()
            .resideOutsideOfPackages(
                "dev.marrow.http..",
                "dev.marrow.hbone..",
                "dev.marrow.identity..",
                "dev.marrow.mesh..",
                "io.netty.."));
  }

  @Test
  void packagesOfTheProxiesFormNoCycles() {
    holds(slices().matching("dev.marrow.ztunnel.(*)..").should().beFreeOfCycles());
    holds(slices().matching("dev.marrow.waypoint.(*)..").should().beFreeOfCycles());
    holds(slices().matching("dev.marrow.mesh.(*)..").should().beFreeOfCycles());
  }
}
