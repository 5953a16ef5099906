package io.mooring.agentk;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final JavaClasses AGENTK =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.mooring.agentk");

  @Test
  void packagesFormNoCycle() {
    slices().matching("io.mooring.agentk.(*)..").should().beFreeOfCycles().check(AGENTK);
  }

  @Test
  void knowsNothingOfTheOtherPrograms() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.mooring.kas..",
            "io.mooring.gitlab..",
            "io.mooring.gitaly..",
            "io.mooring.testkit..")
        .check(AGENTK);
  }

  @Test
  void readsTimeAndChanceOnlyWhereTheyAreInjected() {
    noClasses()
        .that()
        .doNotHaveSimpleName("Timing")
        .and()
        .doNotHaveFullyQualifiedName("io.mooring.agentk.worker.Workers")
        .should()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(java.time.Instant.class, "now")
        .orShould()
        .callMethod(Thread.class, "sleep", long.class)
        .orShould()
        .callMethod(Thread.class, "sleep", java.time.Duration.class)
        .orShould()
        .callMethod(Math.class, "random")
        .check(AGENTK);
  }

  @Test
  void loadsTheLibrarysWholeClientNowhere() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("io.fabric8.kubernetes.client.KubernetesClient")
        .check(AGENTK);
  }

  @Test
  void hasNoCatchAllNames() {
    classes().should().haveNameNotMatching(".*(Util|Utils|Helper|Manager|Impl)").check(AGENTK);
  }
}
