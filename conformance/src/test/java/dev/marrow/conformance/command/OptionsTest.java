package dev.marrow.conformance.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.conformance.cases.Catalogue;
import dev.marrow.conformance.command.Kit.Ended;
import dev.marrow.conformance.peer.ReferencePeer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a user types, right and wrong: a wrong word is named, with what was expected. */
@SuppressWarnings("NullAway.Init")
class OptionsTest {
  // Nothing listens there: what is wrong is said before anything is dialled.
  private static final String NOBODY = "127.0.0.1:1";

  @TempDir Path folder;
  private Kit kit;

  @BeforeEach
  void files() throws Exception {
    kit = new Kit(folder);
  }

  private String file(String name, String text) throws Exception {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--only TLS-01,NOPE | --only: 'NOPE' (expected",
        "--level foo | --level: 'foo' (expected: must",
        "--cve CVE-1-1 | --cve: 'CVE-1-1' (expected",
        "--profile foo | profile: 'foo' (expected: hbone",
        "--only L7-01 | no case of profile hbone matches",
        "--application nowhere.invalid | --application: 'nowhere.invalid' does not resolve",
        "--application 192.0.2.1 | --application: the kit's application cannot listen at 192.0.2.1",
        "--key nope.key | --key: given without --svid",
        "--ca-key nope.key | --ca-key: given without --bundle",
        "--bundle nope.pem | nope.pem: cannot be read (expected: a PEM file)",
        "--bundle /tmp | /tmp: cannot be read (expected: a PEM file)",
        "--target nope.yaml | nope.yaml: cannot be read (expected: a YAML file",
        "--out /proc/nope | --out: /proc/nope: cannot be made",
        "--self | --self: given with another endpoint",
      })
  void aWrongWordIsNamedBeforeAnythingIsDialled(String words, String said) {
    Ended ended = Kit.execute(("run " + NOBODY + " " + words).split(" "));

    assertThat(ended.exit()).isEqualTo(2);
    assertThat(ended.err()).contains("could not run", said);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "address: '127.0.0.1:1', patience: abc | patience: 'abc' (expected: milliseconds",
        "address: '127.0.0.1:1', hooks: 5 | hooks: '5' (expected",
        "address: '127.0.0.1:1', hooks: { foo: x } | hook: 'foo' (expected: one of",
        "name: x | address: '' (expected: host:port",
        "adress: x | unknown key 'adress' (expected",
        "a: [ | not YAML",
      })
  void aWrongTargetFileIsNamed(String yaml, String said) throws Exception {
    String target = file("target.yaml", yaml.endsWith("[") ? yaml : "{ " + yaml + " }");

    Ended ended = Kit.execute("run", "--target", target);

    assertThat(ended.exit()).isEqualTo(2);
    assertThat(ended.err()).contains("target.yaml: ", said).hasLineCount(1);
  }

  @Test
  void aDamagedFileIsNamed() throws Exception {
    String damaged =
        file("bad.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    String key = file("bad.key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");

    Ended bundle = Kit.execute("run", NOBODY, "--bundle", damaged);
    Ended own = Kit.execute("run", NOBODY, "--svid", folder.resolve("svid.pem") + "", "--key", key);
    Ended report = Kit.execute("matrix", damaged);

    assertThat(bundle.err()).contains("bad.pem: damaged PEM").hasLineCount(1);
    assertThat(own.err()).contains("bad.key: damaged PEM").hasLineCount(1);
    assertThat(report.err()).contains("bad.pem: not JSON").hasLineCount(1);
  }

  @Test
  void aGateThatNobodyKnowsIsWrongUsage() {
    Ended ended = Kit.execute("run", NOBODY, "--gate", "should");

    assertThat(ended.exit()).isEqualTo(64);
    assertThat(ended.err()).contains("--gate", "MUST, NONE", "should");
  }

  @Test
  void anAddressCountsForMoreThanTheTargetFile() throws Exception {
    String target = file("target.yaml", "{ name: mine, address: '127.0.0.1:1', profile: tls }");
    try (ReferencePeer peer = kit.peer()) {

      Ended run =
          kit.with(
              "run",
              peer.address().getPort(),
              "--target",
              target,
              "--profile",
              "hbone",
              "--only",
              "CON-01",
              "--out",
              folder + "/r");
      Ended again = Kit.execute("replay", "CON-01", "--from", folder + "/r");

      assertThat(run.exit()).as(run.err()).isZero();
      assertThat(run.out()).contains("mine against profile hbone: conformant in 1 of");
      assertThat(again.exit()).as(again.err()).isZero();
    }
  }

  @Test
  void aListHasWhatRunWouldTake() {
    Ended all = Kit.execute("list");
    Ended waypoint =
        Kit.execute("list", "--profile", "waypoint", "--only", "L7", "--level", "must");
    Ended advisory = Kit.execute("list", "--cve", "ghsa-8vc2-jrm4-835w");
    Ended number = Kit.execute("list", "--only", "srv-04");
    Ended modes = Kit.execute("list", "--only", "MOD");

    assertThat(all.out()).contains(Catalogue.all().size() + " cases");
    assertThat(waypoint.out()).contains("L7-01").doesNotContain("ISTIO", "TLS-01");
    assertThat(advisory.out()).contains("L7-09").contains("1 of ");
    assertThat(number.out()).contains("SRV-04a").contains("SRV-04j");
    assertThat(modes.out()).contains("MOD-01").doesNotContain("AUT-01");
  }

  @Test
  void aListIsReadByProgramsToo() {
    Ended ended = Kit.execute("list", "--only", "AUT-02,DOS-01", "-o", "json");

    JsonNode cases = JsonMapper.shared().readTree(ended.out());
    assertThat(cases.size()).isEqualTo(2);
    assertThat(cases.findValuesAsString("id")).containsExactly("DOS-01", "AUT-02");
    assertThat(cases.get(0).path("flood").asBoolean(false)).isTrue();
    assertThat(cases.get(1).path("hooks").toString()).isEqualTo("[\"policy\"]");
  }

  @Test
  void anExplanationSaysWhatACaseNeeds() {
    Ended chain = Kit.execute("explain", "crt-02");
    Ended flood = Kit.execute("explain", "DOS-01");
    Ended policy = Kit.execute("explain", "SRV-04j");
    Ended near = Kit.execute("explain", "SRV-04");

    assertThat(chain.out()).contains("--ca-key", "may sign other authorities", "source", "MUST");
    assertThat(flood.out()).contains("--allow-dos", "CVE-2023-44487");
    assertThat(policy.out()).contains("the hooks crl, outbound");
    assertThat(near.exit()).isEqualTo(64);
    assertThat(near.err()).contains("SRV-04a, SRV-04b");
  }
}
