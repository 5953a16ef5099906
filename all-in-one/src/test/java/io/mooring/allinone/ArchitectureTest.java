package io.mooring.allinone;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The borders between the modules, as docs/architecture.md draws them. */
class ArchitectureTest {

  private static final JavaClasses ALL =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          // Tests of a module start real ones of others; packed for tests of the whole chain they
          // are in a jar.
          .withImportOption(location -> !location.contains("-tests.jar"))
          .importPackages("io.mooring");

  @Test
  void agentAndServerNeverSeeEachOther() {
    noClasses()
        .that()
        .resideInAPackage("io.mooring.agentk..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.mooring.kas..")
        .check(ALL);
    noClasses()
        .that()
        .resideInAPackage("io.mooring.kas..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.mooring.agentk..", "io.mooring.apply..")
        .check(ALL);
  }

  @Test
  void theProgramsMeetOnlyThroughTheProtocol() {
    noClasses()
        .that()
        .resideInAPackage("io.mooring.gitaly..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.mooring.gitlab..", "io.mooring.kas..", "io.mooring.agentk..")
        .check(ALL);
    noClasses()
        .that()
        .resideInAPackage("io.mooring.gitlab..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.mooring.gitaly..", "io.mooring.kas..", "io.mooring.agentk..")
        .check(ALL);
    noClasses()
        .that()
        .resideInAPackage("io.mooring.kas..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.mooring.gitaly..", "io.mooring.gitlab..")
        .check(ALL);
  }

  @Test
  void theEngineKnowsNothingOfKasOrGrpc() {
    noClasses()
        .that()
        .resideInAPackage("io.mooring.apply..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.grpc..", "io.mooring.protocol..", "io.mooring.wire..")
        .check(ALL);
  }

  @Test
  void theProtocolDependsOnNoProgram() {
    noClasses()
        .that()
        .resideInAPackage("io.mooring.protocol..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.mooring.kas..",
            "io.mooring.agentk..",
            "io.mooring.apply..",
            "io.mooring.gitaly..",
            "io.mooring.gitlab..")
        .check(ALL);
  }

  @Test
  void packagesOfAProgramFormNoCycle() {
    for (String program : new String[] {"kas", "agentk", "apply", "gitaly", "gitlab", "protocol"}) {
      slices().matching("io.mooring." + program + ".(*)..").should().beFreeOfCycles().check(ALL);
    }
  }
}
