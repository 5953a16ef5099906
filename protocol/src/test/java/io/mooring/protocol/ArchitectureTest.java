package io.mooring.protocol;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.mooring.protocol");

  @Test
  void packagesFormNoCycle() {
    slices().matching("io.mooring.protocol.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void dependsOnNothingOfOursButTheGeneratedMessages() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.mooring.kas..",
            "io.mooring.agentk..",
            "io.mooring.apply..",
            "io.mooring.gitaly..",
            "io.mooring.gitlab..",
            "io.mooring.testkit..")
        .check(CLASSES);
  }

  @Test
  void validationAndOrderKnowNothingOfTheOtherPackages() {
    classes()
        .that()
        .resideInAnyPackage("io.mooring.protocol.validation", "io.mooring.protocol.automata")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "io.mooring.protocol.validation",
            "io.mooring.protocol.automata",
            "io.mooring.wire..",
            "com.google.protobuf..",
            "io.grpc..",
            "org.jspecify..",
            "java..")
        .check(CLASSES);
  }

  @Test
  void everyPackageSaysWhatItIsFor() {
    assertThat(CLASSES.stream().map(JavaClass::getPackageName).distinct())
        .isNotEmpty()
        .allSatisfy(name -> assertThat(CLASSES.contain(name + ".package-info")).as(name).isTrue());
  }
}
