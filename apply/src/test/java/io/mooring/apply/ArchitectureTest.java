package io.mooring.apply;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.mooring.apply");

  @Test
  void packagesFormNoCycle() {
    slices().matching("io.mooring.(apply..)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void knowsNothingOfOtherModules() {
    ArchRuleDefinition.noClasses()
        .should()
        .dependOnClassesThat(
            com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage("io.mooring..")
                .and(
                    com.tngtech.archunit.base.DescribedPredicate.not(
                        com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage(
                            "io.mooring.apply.."))))
        .check(CLASSES);
  }

  @Test
  void onlyTheClusterPackageAndTheEngineKnowTheClient() {
    ArchRuleDefinition.noClasses()
        .that()
        .resideOutsideOfPackages("io.mooring.apply.cluster", "io.mooring.apply")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.fabric8..")
        .check(CLASSES);
  }
}
