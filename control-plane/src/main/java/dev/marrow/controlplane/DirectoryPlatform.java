package dev.marrow.controlplane;

import dev.marrow.controlplane.authority.TokenCheck;
import dev.marrow.controlplane.authority.TokenVerifier;
import dev.marrow.controlplane.deploy.Applier;
import dev.marrow.controlplane.deploy.GeneratedFiles;
import dev.marrow.controlplane.settings.Settings;
import dev.marrow.controlplane.status.StatusFiles;
import dev.marrow.controlplane.status.StatusWriter;
import dev.marrow.identity.authority.Authority;
import dev.marrow.resources.DirectorySource;
import dev.marrow.resources.ResourceSource;
import java.io.IOException;
import java.time.Clock;

/** Directories of a machine: objects, statuses, keys and tokens are files. Thread-safe. */
final class DirectoryPlatform implements Platform {
  private final Parts parts = new Parts();
  private final ResourceSource source;
  private final Applier applier;
  private final StatusFiles statuses;
  private final Authority authority;
  private final TokenCheck tokens;

  private DirectoryPlatform(Settings settings, Settings.Files files, Clock clock)
      throws IOException {
    source = parts.add(DirectorySource.watch(files.config()));
    statuses = parts.add(new StatusFiles(files.status(), clock));
    applier = new GeneratedFiles(files.generated());
    authority = Authority.open(files.authority(), settings.mesh().trustDomain(), clock);
    parts.add(new RootFile(files.rootCertificate(), files.authority(), authority)).start();
    Settings.Access access = settings.access();
    tokens = new TokenVerifier(files.tokenKeys(), access.issuers(), access.audience(), clock);
  }

  static DirectoryPlatform open(Settings settings, Settings.Files files, Clock clock)
      throws IOException {
    return new DirectoryPlatform(settings, files, clock);
  }

  @Override
  public ResourceSource source() {
    return source;
  }

  @Override
  public Applier applier() {
    return applier;
  }

  @Override
  public StatusWriter statuses() {
    return statuses;
  }

  @Override
  public Authority authority() {
    return authority;
  }

  @Override
  public TokenCheck tokens() {
    return tokens;
  }

  @Override
  public void close() {
    parts.close();
  }
}
