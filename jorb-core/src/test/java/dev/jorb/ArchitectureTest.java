package dev.jorb;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// The house's rules, held by a machine. A package that is not in [#MAY_USE] is a finding.
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.jorb");

  /// The packages and those that each may use.
  private static final Map<String, List<String>> MAY_USE =
      Map.of(
          "time", List.of(),
          "limit", List.of("time", "measure"),
          "run", List.of("time", "measure"),
          "event", List.of("run", "measure"),
          "workflow", List.of("run", "limit", "time"),
          "serial", List.of("run", "time", "measure"),
          "measure", List.of(),
          "report", List.of("run", "event", "measure", "time"),
          "engine", List.of("time", "limit", "run", "event", "measure", "workflow", "serial"),
          "processor",
              List.of(
                  "time",
                  "limit",
                  "run",
                  "event",
                  "measure",
                  "workflow",
                  "serial",
                  "engine",
                  "report"));

  @Nested
  class Packages {
    @Test
    void dependOneWay() {
      MAY_USE.forEach((name, others) ->
          classes()
              .that()
              .resideInAPackage("dev.jorb." + name)
              .should()
              .onlyDependOnClassesThat(
                  resideOutsideOfPackage("dev.jorb..")
                      .or(resideInAPackage("dev.jorb." + name))
                      .or(among(others)))
              .check(CLASSES));
    }

    private DescribedPredicate<JavaClass> among(List<String> packages) {
      return resideInAnyPackage(
          packages.stream().map(name -> "dev.jorb." + name).toArray(String[]::new));
    }

    @Test
    void haveNoCycles() {
      slices().matching("dev.jorb.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void areAllKnown() {
      Set<String> known =
          Set.copyOf(MAY_USE.keySet().stream().map(name -> "dev.jorb." + name).toList());

      assertThat(CLASSES)
          .allSatisfy(each -> assertThat(each.getPackageName()).as(each.getName()).isIn(known));
    }
  }

  @Nested
  class Jackson {
    @Test
    void isKnownToTheSerializersOnly() {
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.jorb.serial")
          .should()
          .dependOnClassesThat(jackson())
          .check(CLASSES);
    }

    @Test
    void isInNoPublicSignature() {
      methods().that(areVisibleOutside()).should(notMention(jackson())).check(CLASSES);
      assertThat(CLASSES.stream().filter(Jackson::isVisibleOutside))
          .allSatisfy(each -> {
            assertThat(each.getConstructors())
                .filteredOn(Jackson::isForOthers)
                .noneMatch(constructor -> mentions(constructor, jackson()));
            assertThat(each.getFields())
                .filteredOn(field -> field.getModifiers().contains(JavaModifier.PUBLIC))
                .noneMatch(field -> jackson().test(field.getRawType()));
          });
    }

    private static DescribedPredicate<JavaClass> jackson() {
      return resideInAnyPackage("tools.jackson..", "com.fasterxml..");
    }

    private static DescribedPredicate<JavaCodeUnit> areVisibleOutside() {
      return describe(
          "are visible outside", unit -> isForOthers(unit) && isVisibleOutside(unit.getOwner()));
    }

    private static boolean isForOthers(JavaCodeUnit unit) {
      return unit.getModifiers().contains(JavaModifier.PUBLIC)
          || unit.getModifiers().contains(JavaModifier.PROTECTED);
    }

    private static boolean isVisibleOutside(JavaClass type) {
      return type.getModifiers().contains(JavaModifier.PUBLIC)
          && type.getEnclosingClass().map(Jackson::isVisibleOutside).orElse(true);
    }

    private static ArchCondition<JavaCodeUnit> notMention(DescribedPredicate<JavaClass> types) {
      return new ArchCondition<>("not mention them") {
        @Override
        public void check(JavaCodeUnit unit, ConditionEvents events) {
          if (mentions(unit, types)) {
            events.add(SimpleConditionEvent.violated(unit, unit.getFullName()));
          }
        }
      };
    }

    private static boolean mentions(JavaCodeUnit unit, DescribedPredicate<JavaClass> types) {
      return Stream.of(
              Stream.of(unit.getReturnType())
                  .flatMap(type -> type.getAllInvolvedRawTypes().stream()),
              unit.getParameterTypes().stream()
                  .flatMap(type -> type.getAllInvolvedRawTypes().stream()),
              unit.getExceptionTypes().stream())
          .flatMap(each -> each)
          .anyMatch(types);
    }
  }

  @Nested
  class Time {
    @Test
    void isReadInItsPackageOnly() {
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.jorb.time")
          .should()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(Instant.class, "now")
          .orShould()
          .accessTargetWhere(describe("reads a clock of java.time", Time::isNow))
          .check(CLASSES);
    }

    private static boolean isNow(JavaAccess<?> access) {
      return access.getTargetOwner().getPackageName().equals("java.time")
          && (access.getName().equals("now") || access.getName().startsWith("system"));
    }

    @Test
    void isNeverSleptAway() {
      noClasses()
          .should()
          .accessTargetWhere(
              describe(
                  "sleeps",
                  access ->
                      access.getName().equals("sleep")
                          && (access.getTargetOwner().isEquivalentTo(Thread.class)
                              || access.getTargetOwner().getName().endsWith(".TimeUnit"))))
          .check(CLASSES);
    }
  }

  @Nested
  class Sources {
    private static final Path SOURCES = Path.of("src", "main", "java");
    private static final int MOST_LINES = 550;

    @Test
    void areShort() throws IOException {
      try (Stream<Path> files = Files.walk(SOURCES)) {
        List<Path> sources = files.filter(file -> file.toString().endsWith(".java")).toList();

        assertThat(sources).isNotEmpty();
        assertThat(sources)
            .allSatisfy(file -> assertThat(lines(file)).isLessThanOrEqualTo(MOST_LINES));
      }
    }

    private static int lines(Path file) {
      try {
        return Files.readAllLines(file).size();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Test
    void haveNamesThatSaySomething() {
      noClasses()
          .should()
          .haveNameMatching(".*(Utils?|Helpers?|Manager|Impl)(\\$.*)?")
          .orShould()
          .haveNameMatching(".*[.$]Abstract[^.]*")
          .check(CLASSES);
    }
  }
}
