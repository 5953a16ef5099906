package io.mooring.gitlab;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.springframework.web.bind.annotation.RestController;

class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.mooring.gitlab");

  @Test
  void packagesFormNoCycle() {
    slices().matching("io.mooring.gitlab.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void knowsOfOurModulesOnlyTheProtocol() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.mooring.kas..",
            "io.mooring.agentk..",
            "io.mooring.gitaly..",
            "io.mooring.apply..",
            "io.mooring.testkit..")
        .check(CLASSES);
  }

  @Test
  void onlyTheCompositionKnowsTheProgram() {
    noClasses()
        .that()
        .resideInAPackage("io.mooring.gitlab.*..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.mooring.gitlab")
        .check(CLASSES);
  }

  @Test
  void controllersAreNobodysBusiness() {
    classes()
        .that()
        .areAnnotatedWith(RestController.class)
        .should()
        .bePackagePrivate()
        .andShould()
        .haveSimpleNameEndingWith("Controller")
        .orShould()
        .haveSimpleName("ErrorPage")
        .check(CLASSES);
  }

  @Test
  void controllersLeaveSqlToRepositories() {
    noClasses()
        .that()
        .haveSimpleNameEndingWith("Controller")
        .and()
        .doNotHaveSimpleName("HealthController")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.springframework.jdbc..")
        .check(CLASSES);
  }
}
