package io.mooring.kas.config;

import io.mooring.protocol.SettingException;
import io.mooring.protocol.yaml.InvalidDocumentException;
import io.mooring.protocol.yaml.Parsed;
import io.mooring.protocol.yaml.Problem;
import io.mooring.protocol.yaml.ProtoYaml;
import io.mooring.wire.kascfg.ConfigurationFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The file that {@code --configuration-file} names, read whole or refused whole.
 *
 * @param configuration the settings
 * @param warnings what is accepted without effect, and keys that stand twice
 */
public record KasConfigurationFile(KasConfiguration configuration, List<Problem> warnings) {
  /** Copies the warnings. */
  public KasConfigurationFile {
    warnings = List.copyOf(warnings);
  }

  /**
   * Reads a file.
   *
   * @throws SettingException when the file cannot be read
   * @throws InvalidDocumentException with file, line and column of each problem
   */
  public static KasConfigurationFile read(Path file) throws InvalidDocumentException {
    byte[] content;
    try {
      content = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new SettingException(
          "--configuration-file", file + " cannot be read: " + e + " (expected: a YAML file)", e);
    }
    return parse(file.toString(), content);
  }

  /** Reads the content of a file; {@code name} stands for it in problems. */
  static KasConfigurationFile parse(String name, byte[] content) throws InvalidDocumentException {
    Parsed<ConfigurationFile> parsed =
        ProtoYaml.parse(name, content, ConfigurationFile.getDefaultInstance());
    Positions positions = new Positions(name, content);
    SettingLog log = new SettingLog(false);
    KasConfiguration configuration;
    try {
      configuration = KasConfiguration.read(new Section("", parsed.message(), log));
    } catch (SettingException e) {
      throw new InvalidDocumentException(List.of(positions.problem(e)));
    }
    List<Problem> warnings = new ArrayList<>(parsed.warnings());
    log.warnings()
        .forEach(
            (path, reason) -> warnings.add(positions.problem(path, "has no effect: " + reason)));
    return new KasConfigurationFile(configuration, warnings);
  }
}
