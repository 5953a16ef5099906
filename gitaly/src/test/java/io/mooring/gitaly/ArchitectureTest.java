package io.mooring.gitaly;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The borders of the packages. */
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.mooring.gitaly");

  @Test
  void packagesFormNoCycle() {
    slices().matching("io.mooring.gitaly.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void whatReadsObjectsAndFoldersKnowsNoCalls() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "io.mooring.gitaly.object..",
            "io.mooring.gitaly.storage..",
            "io.mooring.gitaly.hooks..",
            "io.mooring.gitaly.failure..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.grpc..", "io.mooring.gitaly.call..")
        .check(CLASSES);
  }

  @Test
  void gitalyKnowsNoOtherProgram() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.mooring.kas..", "io.mooring.agentk..", "io.mooring.gitlab..", "io.mooring.apply..")
        .check(CLASSES);
  }
}
