package io.mooring.kas;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class KasArchitectureTest {
  private static final JavaClasses KAS =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.mooring.kas");

  @Test
  void packagesFormNoCycle() {
    slices().matching("io.mooring.kas.(*)..").should().beFreeOfCycles().check(KAS);
  }

  @Test
  void nobodyKnowsTheProgramThatPutsAllTogether() {
    noClasses()
        .that()
        .resideInAPackage("io.mooring.kas.*..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.mooring.kas")
        .check(KAS);
  }

  @Test
  void redisIsKnownToTheStoreAlone() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.mooring.kas.store..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.lettuce..")
        .check(KAS);
  }

  @Test
  void whoCallsIsKnownWithoutKnowingHowGitLabIsAsked() {
    noClasses()
        .that()
        .resideInAPackage("io.mooring.kas.identity..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.mooring.kas.gitlab..", "java.net.http..")
        .check(KAS);
  }
}
