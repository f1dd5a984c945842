package dev.marrow.ztunnel.dns;

import static dev.marrow.mesh.TestMesh.ip;
import static dev.marrow.mesh.TestMesh.service;
import static dev.marrow.mesh.TestMesh.workload;
import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.mesh.TestMesh;
import dev.marrow.mesh.workload.IpFamilies;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NameTableTest {
  private final TestMesh mesh = new TestMesh();
  private final NameTable table =
      new NameTable("cluster.local", "preferred", new SplittableRandom(1));
  private final Client client = Client.inCluster("shop", "", "cluster.local");

  @BeforeEach
  void fill() {
    mesh.put(
        service("shop/cart.shop.svc.cluster.local").vips("/10.9.0.1", "/fd00::9", "far/10.9.9.9"),
        service("other/cart.other.svc.cluster.local").vips("/10.9.0.2"),
        service("shop/api.example.com").vips("/10.9.0.3"),
        service("shop/*.wild.example.com").vips("/10.9.0.4"),
        service("other/secret.other.svc.cluster.local").vips("/10.9.0.5").hidden(),
        service("shop/headless.shop.svc.cluster.local").ports(80, 8080),
        service("shop/nowhere.example.com"));
  }

  private Answer ask(String name, int type) {
    return table.answer(mesh.current(), client, name, type);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cart",
        "cart.shop",
        "cart.shop.svc",
        "cart.shop.svc.cluster.local",
      })
  void everyKubernetesSpellingFindsTheService(String name) {
    assertThat(ask(name, Question.A))
        .isEqualTo(new Answer.Own("", java.util.List.of(ip("10.9.0.1"))));
  }

  @Test
  void onlyAddressesOfTheTypeAndOfTheClientsNetworkAreGiven() {
    var answer = (Answer.Own) ask("cart.shop.svc.cluster.local", Question.AAAA);

    assertThat(answer.addresses()).containsExactly(ip("fd00::9"));
  }

  @Test
  void aSearchDomainIsTakenOffAndTheCanonicalNameGiven() {
    var answer = (Answer.Own) ask("api.example.com.shop.svc.cluster.local", Question.A);

    assertThat(answer.alias()).isEqualTo("api.example.com");
    assertThat(answer.addresses()).containsExactly(ip("10.9.0.3"));
  }

  @Test
  void aWildcardAnswersWhatNothingElseDoes() {
    var answer = (Answer.Own) ask("a.b.wild.example.com", Question.A);

    assertThat(answer.alias()).isEmpty();
    assertThat(answer.addresses()).containsExactly(ip("10.9.0.4"));
  }

  @Test
  void aServiceHiddenFromTheClientIsForwarded() {
    assertThat(ask("secret.other.svc.cluster.local", Question.A)).isEqualTo(new Answer.Forward());
  }

  @Test
  void aHeadlessServiceAnswersWithItsEndpoints() {
    mesh.put(
        workload("h-1")
            .namespace("shop")
            .at("10.0.0.1", "10.0.0.11", "fd00::1")
            .backs("shop/headless.shop.svc.cluster.local", 80, 8080),
        workload("h-2")
            .namespace("shop")
            .at("10.0.0.2")
            .backs("shop/headless.shop.svc.cluster.local", 80, 8080));

    var answer = (Answer.Own) ask("headless", Question.A);

    assertThat(answer.addresses()).containsExactlyInAnyOrder(ip("10.0.0.1"), ip("10.0.0.2"));
  }

  @Test
  void aServiceWithoutAddressOutsideTheClusterIsForwarded() {
    assertThat(ask("nowhere.example.com", Question.A)).isEqualTo(new Answer.Forward());
  }

  @Test
  void aFamilyTheServiceDoesNotUseIsAnsweredEmpty() {
    mesh.put(
        service("shop/v4.shop.svc.cluster.local")
            .vips("/10.9.0.6", "/fd00::6")
            .ipFamilies(IpFamilies.IPV4_ONLY));

    assertThat(ask("v4", Question.AAAA)).isEqualTo(new Answer.Own("", java.util.List.of()));
  }

  @Test
  void otherTypesAndUnknownNamesAreForwarded() {
    assertThat(ask("cart", 15)).isEqualTo(new Answer.Forward());
    assertThat(ask("www.example.org", Question.A)).isEqualTo(new Answer.Forward());
  }

  @Test
  void theClientsNamespaceComesBeforeThePreferredOne() {
    mesh.put(
        service("preferred/dup.example.com").vips("/10.9.1.1"),
        service("shop/dup.example.com").vips("/10.9.1.2"));

    assertThat(((Answer.Own) ask("dup.example.com", Question.A)).addresses())
        .containsExactly(ip("10.9.1.2"));
  }
}
