package dev.marrow.nodeagent.redirect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.nodeagent.plan.Redirection;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Facts about the generated text itself; what it does is tested with real traffic. */
class RuleTextTest {
  private static final Redirection ALL = new Redirection(true, true, List.of("net1"));
  private final NftablesText nft = new NftablesText(ProbeSource.STANDARD);
  private final IptablesText v4 = IptablesText.v4(ProbeSource.STANDARD);

  @Test
  void everyRedirectedTcpConnectionIsOneThatBegins() {
    assertThat(nft.redirect(ALL).lines().filter(l -> l.contains("redirect to")))
        .isNotEmpty()
        .allMatch(l -> l.contains("tcp flags & (fin|syn|rst|ack) == syn") || l.contains("udp"));
    assertThat(v4.redirect(ALL, "").lines().filter(l -> l.contains("REDIRECT")))
        .isNotEmpty()
        .allMatch(l -> l.contains("--syn") || l.contains("-p udp"));
  }

  @Test
  void everyRedirectButThatOfVirtualInterfacesSparesTheProxysOwnTraffic() {
    assertThat(nft.redirect(ALL).lines().filter(l -> l.contains("redirect to")))
        .allMatch(l -> l.contains("!= 0x539") || l.contains("iifname"));
    assertThat(v4.redirect(ALL, "").lines().filter(l -> l.contains("REDIRECT")))
        .allMatch(l -> l.contains("! --mark 0x539/0xfff") || l.contains("-i net1"));
  }

  @Test
  void releasingKeepsTheNatChains() {
    assertThat(nft.release())
        .contains("add chain inet marrow nat_output", "flush chain inet marrow nat_output")
        .doesNotContain("delete", "mangle_output\n");
    assertThat(IptablesText.release()).doesNotContain("-X", "-D", "mangle");
  }

  @Test
  void aJumpThatIsThereIsNotAddedAgain() {
    String saved =
        """
        *nat
        :PREROUTING ACCEPT [0:0]
        :ISTIO_OUTPUT - [0:0]
        -A OUTPUT -j ISTIO_OUTPUT
        COMMIT
        """;

    String text = v4.redirect(ALL, saved);

    int start = text.indexOf("*nat");
    String nat = text.substring(start, text.indexOf("COMMIT", start));
    assertThat(nat)
        .contains("-A PREROUTING -j ISTIO_PRERT\n")
        .doesNotContain("-A OUTPUT -j ISTIO_OUTPUT\n");
    assertThat(text.substring(0, text.indexOf("*nat"))).contains("-A OUTPUT -j ISTIO_OUTPUT\n");
  }

  @Test
  void removalTouchesOnlyWhatIsThere() {
    String saved =
        """
        *nat
        :OUTPUT ACCEPT [0:0]
        :ISTIO_OUTPUT - [0:0]
        :THEIRS - [0:0]
        -A OUTPUT -j ISTIO_OUTPUT
        COMMIT
        """;

    assertThat(IptablesText.removeRedirects(saved))
        .isEqualTo(
            """
            *nat
            -D OUTPUT -j ISTIO_OUTPUT
            -F ISTIO_OUTPUT
            -X ISTIO_OUTPUT
            COMMIT
            """);
    assertThat(IptablesText.removeRedirects("")).isEmpty();
  }

  @Test
  void probeMarksAreSortedByFamily() {
    var pods = List.of(InetAddress.ofLiteral("198.18.0.2"), InetAddress.ofLiteral("fd00::2"));

    assertThat(nft.markProbes(pods)).contains("v4 { 198.18.0.2 }", "v6 { fd00:0:0:0:0:0:0:2 }");
    assertThat(v4.markProbes(pods, "")).contains("-d 198.18.0.2 ").doesNotContain("fd00");
  }
}
