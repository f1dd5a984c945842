package dev.marrow.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ProxyPartTest {
  private static final JsonNode DUMP =
      new JsonMapper()
          .readTree(
              """
              {"workloads": [{"namespace": "shop", "name": "web", "workloadIps": ["10.0.0.1", "fd00::1"],
                 "node": "n1", "protocol": "HBONE", "status": "Healthy",
                 "waypoint": {"destination": "shop/wp", "hboneMtlsPort": 15008}}],
               "certificates": [{"identity": "spiffe://td/ns/shop/sa/web", "state": "Available",
                 "certChain": [{"serialNumber": "7", "validFrom": "a", "expirationTime": "b"}]}],
               "workloadState": {"uid": {"info": {"namespace": "shop", "name": "web"},
                 "connections": {"inbound": [], "outbound": [
                   {"src": "s", "originalDst": "o", "actualDst": "d", "protocol": "HBONE"}]}}}}
              """);

  @Test
  void aWorkloadIsARow() {
    assertThat(ProxyPart.workloads.rows(DUMP).getFirst())
        .containsExactly("shop", "web", "10.0.0.1,fd00::1", "n1", "HBONE", "shop/wp", "Healthy")
        .hasSameSizeAs(ProxyPart.workloads.head());
  }

  @Test
  void ofACertificateTheLeafIsShown() {
    assertThat(ProxyPart.certificates.rows(DUMP).getFirst())
        .containsExactly("spiffe://td/ns/shop/sa/web", "Available", "7", "a", "b");
  }

  @Test
  void aConnectionIsARowWithItsPod() {
    assertThat(ProxyPart.connections.rows(DUMP))
        .singleElement()
        .asList()
        .containsExactly("shop/web", "outbound", "s", "o", "d", "HBONE");
  }

  @Test
  void whatADumpLacksHasNoRows() {
    assertThat(ProxyPart.destinations.rows(DUMP)).isEmpty();
  }
}
