package dev.marrow.it.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(MeshExtension.class)
class EncryptionIT {
  private final LocalMesh mesh;

  EncryptionIT(LocalMesh mesh) {
    this.mesh = mesh;
  }

  @Test
  void betweenLabelledPodsNothingOfThePayloadIsOnTheWire() throws Exception {
    try (Capture wire = Capture.on(mesh.prefix() + "-node-1")) {
      assertThat(
              mesh.curl("bank/teller", "GET", "http://vault.bank/secret-payload-of-labelled-pods"))
          .isEqualTo("200");
      assertThat(wire.saw("secret-payload-of-labelled-pods")).isFalse();
    }
  }

  @Test
  void fromAPodOutsideTheMeshThePayloadIsOnTheWire() throws Exception {
    try (Capture wire = Capture.on(mesh.prefix() + "-node-1")) {
      assertThat(mesh.curl("street/stranger", "GET", "http://vault.bank/payload-of-the-street"))
          .isEqualTo("200");
      Await.until(
          "plaintext on the wire", Duration.ofSeconds(5), () -> wire.saw("payload-of-the-street"));
    }
  }
}
