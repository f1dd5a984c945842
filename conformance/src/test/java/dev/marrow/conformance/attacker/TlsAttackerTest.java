package dev.marrow.conformance.attacker;

import static org.assertj.core.api.Assertions.assertThat;

import de.rub.nds.tlsattacker.core.config.Config;
import de.rub.nds.tlsattacker.core.connection.OutboundConnection;
import de.rub.nds.tlsattacker.core.constants.CipherSuite;
import de.rub.nds.tlsattacker.core.constants.CompressionMethod;
import de.rub.nds.tlsattacker.core.constants.HandshakeMessageType;
import de.rub.nds.tlsattacker.core.constants.NamedGroup;
import de.rub.nds.tlsattacker.core.constants.ProtocolVersion;
import de.rub.nds.tlsattacker.core.constants.RunningModeType;
import de.rub.nds.tlsattacker.core.state.State;
import de.rub.nds.tlsattacker.core.workflow.WorkflowExecutorFactory;
import de.rub.nds.tlsattacker.core.workflow.WorkflowTrace;
import de.rub.nds.tlsattacker.core.workflow.WorkflowTraceResultUtil;
import de.rub.nds.tlsattacker.core.workflow.factory.WorkflowConfigurationFactory;
import de.rub.nds.tlsattacker.core.workflow.factory.WorkflowTraceType;
import dev.marrow.conformance.Result;
import dev.marrow.conformance.Verdict;
import dev.marrow.conformance.mint.LeafSpec;
import dev.marrow.conformance.mint.Mint;
import dev.marrow.conformance.peer.Judged;
import dev.marrow.conformance.peer.ReferencePeer;
import java.security.Security;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * TLS-Attacker, which nobody of us wrote, sends what the kit's own writer sends. What the kit says
 * of a server has to be what it sees: also where the JDK's TLS takes what it should refuse.
 */
class TlsAttackerTest {
  /** One thing in a ClientHello, and the case that judges it. */
  enum Hello {
    GOOD("TLS-01"),
    UNKNOWN_SUITE("TLS-03"),
    OLD_VERSION("TLS-04"),
    HTTP_1("TLS-12"),
    COMPRESSION("TLS-26");

    private final String judgedBy;

    Hello(String judgedBy) {
      this.judgedBy = judgedBy;
    }
  }

  @BeforeAll
  static void provider() {
    Security.addProvider(new BouncyCastleProvider());
  }

  @AfterAll
  static void noProvider() {
    Security.removeProvider(BouncyCastleProvider.PROVIDER_NAME);
  }

  @ParameterizedTest
  @EnumSource
  void theKitSaysWhatASecondToolSees(Hello hello) throws Exception {
    Result said = Judged.results(each -> each.id().equals(hello.judgedBy)).getFirst();

    boolean answered = answersTo(hello);

    boolean mayAnswer = hello == Hello.GOOD;
    assertThat(said.verdict() instanceof Verdict.Fail)
        .as("%s: %s", said.info().id(), said.verdict())
        .isEqualTo(answered != mayAnswer);
  }

  /** Whether a ServerHello comes back. */
  private static boolean answersTo(Hello hello) throws Exception {
    Mint authority = Mint.root("O=cluster.local,CN=test authority");
    try (ReferencePeer peer =
        ReferencePeer.start(
            authority.issue(LeafSpec.svid("spiffe://cluster.local/ns/default/sa/peer")),
            authority)) {
      Config config = config(hello, peer.address().getPort());
      WorkflowTrace trace =
          new WorkflowConfigurationFactory(config)
              .createWorkflowTrace(WorkflowTraceType.HELLO, RunningModeType.CLIENT);
      State state = new State(config, trace);
      WorkflowExecutorFactory.createWorkflowExecutor(config.getWorkflowExecutorType(), state)
          .executeWorkflow();
      return WorkflowTraceResultUtil.didReceiveMessage(trace, HandshakeMessageType.SERVER_HELLO);
    }
  }

  private static Config config(Hello hello, int port) {
    Config config = new Config();
    OutboundConnection connection = config.getDefaultClientConnection();
    connection.setHostname("127.0.0.1");
    connection.setIp("127.0.0.1");
    connection.setPort(port);
    boolean old = hello == Hello.OLD_VERSION;
    ProtocolVersion version = old ? ProtocolVersion.TLS11 : ProtocolVersion.TLS13;
    config.setHighestProtocolVersion(version);
    config.setSupportedVersions(version);
    config.setAddSupportedVersionsExtension(!old);
    config.setAddKeyShareExtension(!old);
    config.setDefaultClientNamedGroups(NamedGroup.SECP256R1);
    config.setDefaultClientKeyShareNamedGroups(NamedGroup.SECP256R1);
    config.setAddServerNameIndicationExtension(false);
    config.setAddAlpnExtension(true);
    config.setDefaultProposedAlpnProtocols(hello == Hello.HTTP_1 ? "http/1.1" : "h2");
    config.setDefaultClientSupportedCipherSuites(
        switch (hello) {
          case UNKNOWN_SUITE -> CipherSuite.TLS_AES_128_CCM_8_SHA256;
          case OLD_VERSION -> CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA;
          case GOOD, HTTP_1, COMPRESSION -> CipherSuite.TLS_AES_128_GCM_SHA256;
        });
    if (hello == Hello.COMPRESSION) {
      config.setDefaultClientSupportedCompressionMethods(CompressionMethod.DEFLATE);
    }
    return config;
  }
}
