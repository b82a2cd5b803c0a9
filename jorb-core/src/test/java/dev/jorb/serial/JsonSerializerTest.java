package dev.jorb.serial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jorb.run.Job;
import dev.jorb.run.JobError;
import dev.jorb.run.Json;
import dev.jorb.run.Run;
import dev.jorb.run.Schema;
import dev.jorb.run.Transition;
import dev.jorb.serial.Opening.Edit;
import dev.jorb.time.TimeSource;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Workflow;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class JsonSerializerTest {
  private static final Instant AT = Instant.parse("2026-11-24T10:00:00.25Z");

  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void place() {
    file = directory.resolve("run.json");
  }

  /// What Go's encoder makes of one job with these further fields.
  private static String run(String jobs) {
    return "{\n  \"Name\": \"fleet\",\n  \"Jobs\": {" + jobs + "\n  },\n  \"Overall\": {}\n}\n";
  }

  private static String job(String id, String fields) {
    return "\n    \"" + id + "\": {\n      \"Id\": \"" + id + "\"" + fields + "\n    }";
  }

  private static String plain(String state) {
    return ",\n      \"C\": {},\n      \"State\": \""
        + state
        + "\",\n      \"StateErrors\": {},\n      \"LastUpdate\": \"2026-11-24T02:30:23.97Z\"";
  }

  private void write(String text) throws IOException {
    Files.writeString(file, text);
  }

  private JsonSerializer<Json, Json> open() {
    return JsonSerializer.at(file, Schema.untyped());
  }

  private Run<Json, Json> load() {
    try (var serializer = open()) {
      return serializer.load().orElseThrow();
    }
  }

  private void saveUnchanged() {
    try (var serializer = open()) {
      serializer.begin(serializer.load().orElseThrow());
    }
  }

  private JsonNode tree() throws IOException {
    return Codec.MAPPER.readTree(Files.readString(file));
  }

  /// Moves a job and records it.
  private void move(String id, String to) {
    try (var serializer = open()) {
      Run<Json, Json> run = serializer.load().orElseThrow();
      serializer.begin(run);
      serializer.commit(
          List.of(encode(serializer, moved(run.job(id).orElseThrow(), to), List.of())));
    }
  }

  private static Job<Json> moved(Job<Json> job, String to) {
    return job.next()
        .state(to)
        .updated(AT)
        .transition(job.state(), to, AT, Duration.ofMillis(3))
        .build();
  }

  private static Serializer.Encoded<Json> encode(
      Serializer<Json, Json> serializer, Job<Json> job, List<Job<Json>> kicked) {
    try {
      return serializer.encode(new Transition<>(job, kicked));
    } catch (EncodeException e) {
      throw new AssertionError(e);
    }
  }

  @Nested
  class Form {
    @Test
    void aNewRunIsWrittenAsGoWouldAndWithWhatGoDoesNotKnow() throws IOException {
      Run<Json, Json> run = Run.create("fleet", new Json("{\"a\":[]}"), "new");
      run.put(Job.create("0", "new", new Json("{\"x\" : [1.0, {}, \"<&>\"]}"), AT));
      try (var serializer = open()) {
        serializer.begin(run);
      }

      assertThat(file)
          .hasContent(
              """
              {
                "Name": "fleet",
                "Jobs": {
                  "0": {
                    "Id": "0",
                    "C": {
                      "x": [
                        1.0,
                        {},
                        "\\u003c\\u0026\\u003e"
                      ]
                    },
                    "State": "new",
                    "StateErrors": {},
                    "LastUpdate": "2026-11-24T10:00:00.25Z"
                  }
                },
                "Overall": {
                  "a": []
                },
                "Jorb": {"id":"%s","start":"new"}
              }
              """
                  .formatted(run.id()));
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "\"2026-11-24T02:30:23.49+02:00\"",
          "\"2026-11-24T02:30:23Z\"",
          "\"2026-11-24T02:30:23.123456789Z\"",
          "null"
        })
    void timesOfAllGoVersionsStayAsTheyAre(String time) throws IOException {
      String text =
          run(
              job(
                  "0",
                  ",\n      \"C\": null,\n      \"State\": \"new\",\n      \"StateErrors\": null,"
                      + "\n      \"LastUpdate\": "
                      + time));
      write(text);

      saveUnchanged();

      assertThat(file).hasContent(text);
    }

    @Test
    void aTimeWithAZoneIsThatMoment() throws IOException {
      write(
          run(
              job(
                  "0",
                  ",\"State\":\"new\",\"C\":1,\"LastUpdate\":\"2026-11-24T02:30:23.49+02:00\"")));

      assertThat(load().job("0").orElseThrow().updated())
          .isEqualTo(Instant.parse("2026-11-24T00:30:23.49Z"));
    }

    @Test
    void fieldsThatNobodyKnowsSurviveAnywhere() throws IOException {
      write(
          """
          {"Before": [1.50, {"b": null}], "Name": "fleet", "Jobs": {
            "0": {"Owner": {"x": 4e0}, "Id": "0", "C": {}, "State": "new", "Last": "\\u003e<"},
            "1": {"Id": "1", "Note": 1.0, "C": {}, "State": "new"}
          }, "After": "ü", "Overall": {}}
          """);

      move("0", "done");

      JsonNode now = tree();
      assertThat(Files.readString(file)).contains("1.50", "4e0", "\"\\u003e<\"", "1.0");
      assertThat(now.get("Before").toString()).isEqualTo("[1.5,{\"b\":null}]");
      assertThat(now.get("After").asString()).isEqualTo("ü");
      JsonNode job = now.get("Jobs").get("0");
      assertThat(job.get("State").asString()).isEqualTo("done");
      assertThat(job.get("Owner").isObject()).isTrue();
      assertThat(job.get("Last").asString()).isEqualTo("><");
      assertThat(now.get("Jobs").get("1").get("Note")).isNotNull();
    }

    @Test
    void numbersOfAContextKeepTheirTokens() throws IOException {
      write(
          run(
              job(
                  "0",
                  ",\"State\":\"new\",\"C\":[4, 4.0, 0.3333333333333333, 1e3, 12345678901234567890]")));

      move("0", "done");

      assertThat(load().job("0").orElseThrow().context())
          .isEqualTo(new Json("[4,4.0,0.3333333333333333,1e3,12345678901234567890]"));
    }

    @Test
    void keysAreSortedAsGoSortsThem() throws IOException {
      Run<Json, Json> run = Run.create("fleet", new Json("{}"), "new");
      for (String id : List.of("10", "2", "\uD83D\uDE00", "\uFFFD", "1->0", "1")) {
        run.put(Job.create(id, "new", new Json("{}"), AT));
      }
      try (var serializer = open()) {
        serializer.begin(run);
      }

      assertThat(tree().get("Jobs").propertyNames())
          .containsExactly("1", "1->0", "10", "2", "\uFFFD", "\uD83D\uDE00");
      assertThat(load().jobs().stream().map(Job::id))
          .containsExactly("10", "2", "\uD83D\uDE00", "\uFFFD", "1->0", "1");
    }

    @Test
    void jobsOfGoComeInTheOrderOfTheirNumbers() throws IOException {
      write(
          run(
              String.join(
                  ",",
                  job("1", plain("new")),
                  job("1->0", plain("new")),
                  job("10", plain("new")),
                  job("10->2->0", plain("new")),
                  job("2", plain("new")),
                  job("2->10", plain("new")),
                  job("2->9", plain("new")))));

      assertThat(load().jobs().stream().map(Job::id))
          .containsExactly("1", "2", "10", "1->0", "2->9", "2->10", "10->2->0");
    }

    @Test
    void gapsInTheNumbersOfChildrenAreNotFilled() throws IOException {
      write(run(job("7", plain("new")) + "," + job("7->46", plain("new"))));

      assertThat(load().job("7").orElseThrow().kicks()).isEqualTo(47);
      assertThat(load().job("7->46").orElseThrow().parent()).contains("7");
    }

    @Test
    void aRunWithoutJobsStaysAsItIs() throws IOException {
      String text = "{\n  \"Name\": \"fleet\",\n  \"Jobs\": null,\n  \"Overall\": null\n}\n";
      write(text);

      saveUnchanged();

      assertThat(file).hasContent(text);
    }

    @Test
    void theRunHasTheSameIdWheneverItIsRead() throws IOException {
      write(run(job("0", plain("new"))));

      assertThat(load().id()).isEqualTo(load().id());
    }

    @Test
    void aSymbolicLinkStaysOne() throws IOException {
      Path link = directory.resolve("link");
      write(run(job("0", plain("new"))));
      Files.createSymbolicLink(link, Path.of("run.json"));
      Path target = file;
      file = link;

      move("0", "done");

      assertThat(link).isSymbolicLink();
      file = target;
      assertThat(load().job("0").orElseThrow().state()).isEqualTo("done");
    }

    @Test
    void itIsForItsOwnerOnly() throws IOException {
      write(run(job("0", plain("new"))));

      saveUnchanged();

      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
    }
  }

  @Nested
  class WhatGoDoesNotKnow {
    static List<UnaryOperator<Job.Builder<Json>>> things() {
      return List.of(
          job -> job.version(2),
          job -> job.kicks(1),
          job -> job.attempt(1),
          job -> job.kicks(1).awaitsKicks(true),
          job -> job.due(AT),
          job -> job.parked("needs a person"),
          job -> job.parked("wait for me").held(true),
          job -> job.priority(-3),
          job -> job.version(2).laps(7),
          job -> job.deadline(AT),
          job -> job.transition("new", "edit", AT, Duration.ofMillis(3)),
          job -> job.error("new", AT.minusSeconds(1), "no"),
          job -> job.parent("elsewhere"));
    }

    @ParameterizedTest
    @MethodSource("things")
    void isKeptThingByThing(UnaryOperator<Job.Builder<Json>> thing) throws IOException {
      Job<Json> job = thing.apply(Job.create("7", "edit", new Json("{}"), AT).copy()).build();

      store(job);

      assertThat(load().job("7").orElseThrow()).usingRecursiveComparison().isEqualTo(job);
      assertThat(tree().get("Jobs").get("7").has("Jorb")).isTrue();
    }

    @Test
    void isWrittenInOneLineWithoutWhatIsNothing() throws IOException {
      Job<Json> job = Job.create("7", "new", new Json("{}"), AT);

      store(moved(job, "edit").copy().error("new", AT, "no").build());

      assertThat(Files.readString(file))
          .contains(
              """
              "Jorb": {"v":2,"state":"edit","transitions":[{"from":"new","to":"edit",\
              "at":"2026-11-24T10:00:00.250Z","took":"PT0.003S"}],\
              "errors":[{"state":"new","at":"2026-11-24T10:00:00.250Z"}],"errorCount":1}
              """);
    }

    @Test
    void isHowManyTransitionsAndErrorsThereWereIfNotAllAreKept() throws IOException {
      Job.Builder<Json> life = Job.create("7", "edit", new Json("{}"), AT).copy();
      for (int i = 1; i <= 200; i++) {
        life.transition("edit", "edit", AT.plusSeconds(i), Duration.ofMillis(i), i);
        life.error("edit", AT.plusSeconds(i), "no " + i, i);
      }
      Job<Json> job = life.build();
      assertThat(job.transitions()).hasSizeLessThan(200);
      assertThat(job.errors()).hasSizeLessThan(200);

      store(job);

      assertThat(load().job("7").orElseThrow()).usingRecursiveComparison().isEqualTo(job);
      JsonNode note = tree().get("Jobs").get("7").get("Jorb");
      assertThat(note.get("n").asInt()).isEqualTo(200);
      assertThat(note.get("errorCount").asInt()).isEqualTo(200);
      saveUnchanged();
      move("7", "done");
      assertThat(load().job("7").orElseThrow().transitionCount()).isEqualTo(201);
      assertThat(load().job("7").orElseThrow().errorCount()).isEqualTo(200);
    }

    @Test
    void isThatAJobWithSuchAnIdHasNoParent() {
      store(Job.create("7->0", "edit", new Json("{}"), AT));

      assertThat(load().job("7->0").orElseThrow().parent()).isEmpty();
    }

    @Test
    void isNotWrittenOfAJobOfWhichThereIsNothingToSay() throws IOException {
      store(Job.create("7", "edit", new Json("{}"), AT));

      assertThat(tree().get("Jobs").get("7").has("Jorb")).isFalse();
    }

    @Test
    void mayBeMoreInALaterVersionWhichIsPassedOver() throws IOException {
      write(
          run(
              job(
                      "7",
                      plain("edit")
                          + """
                          ,"Jorb": {"v":3,"later":{"x":[1]},"state":"edit",
                            "transitions":[{"from":"new","mood":[],"to":"edit","at":"2026-11-24T10:00:00Z","took":"PT1S"}],
                            "n":4,
                            "errors":[{"mood":{},"state":"new","at":"2026-11-24T10:00:00Z"}]}
                          """)
                  .replace("\"StateErrors\": {}", "\"StateErrors\": {\"new\":[\"no\"]}")));

      Job<Json> job = load().job("7").orElseThrow();
      assertThat(job.version()).isEqualTo(3);
      assertThat(job.transitionCount()).isEqualTo(4);
      assertThat(job.lastTransition().orElseThrow().from()).isEqualTo("new");
      assertThat(job.lastTransition().orElseThrow().took()).isEqualTo(Duration.ofSeconds(1));
      assertThat(job.lastError().orElseThrow().at())
          .isEqualTo(Instant.parse("2026-11-24T10:00:00Z"));
    }

    private void store(Job<Json> job) {
      Run<Json, Json> run = Run.create("fleet", new Json("{}"), "new");
      run.put(job);
      try (var serializer = open()) {
        serializer.begin(run);
      }
    }
  }

  @Nested
  class Errors {
    private static final String OLD =
        ",\"C\":{},\"State\":\"new\",\"LastUpdate\":\"2026-11-24T02:30:23.97Z\",\"StateErrors\":";

    @Test
    void newOnesStandBehindThoseOfGo() throws IOException {
      write(run(job("0", OLD + "{\"build\":[\"b\\u003e1\",\"b2\"],\"a\":[\"a1\"]}")));
      try (var serializer = open()) {
        Run<Json, Json> run = serializer.load().orElseThrow();
        serializer.begin(run);
        Job<Json> job = run.job("0").orElseThrow();
        serializer.commit(
            List.of(
                encode(
                    serializer,
                    job.next().error("build", AT, "b3").updated(AT).build(),
                    List.of())));
      }

      assertThat(tree().get("Jobs").get("0").get("StateErrors").toString())
          .isEqualTo("{\"a\":[\"a1\"],\"build\":[\"b>1\",\"b2\",\"b3\"]}");
      assertThat(load().job("0").orElseThrow().errors())
          .extracting(JobError::message)
          .containsExactly("b>1", "b2", "a1", "b3");
    }

    @Test
    void objectsOfOldGoVersionsAreKept() throws IOException {
      write(run(job("0", OLD + "{\"build\":[{},{\"Op\":\"open\"},null]}")));

      move("0", "done");

      assertThat(tree().get("Jobs").get("0").get("StateErrors").toString())
          .isEqualTo("{\"build\":[{},{\"Op\":\"open\"},null]}");
      assertThat(load().job("0").orElseThrow().errors())
          .extracting(JobError::message)
          .containsExactly(
              "{} (the Go version did not write what it was)", "{\"Op\":\"open\"}", "null");
    }

    @Test
    void manyAreKeptInTheFile() throws IOException {
      String many = "\"x\",".repeat(499) + "\"last\"";
      write(run(job("0", OLD + "{\"build\":[" + many + "]}")));

      move("0", "done");

      assertThat(tree().get("Jobs").get("0").get("StateErrors").get("build")).hasSize(500);
      Job<Json> job = load().job("0").orElseThrow();
      assertThat(job.errorCount()).isEqualTo(500);
      assertThat(job.lastError().orElseThrow().message()).isEqualTo("last");
    }

    @Test
    void oneThatAPersonTookAwayIsGone() throws IOException {
      write(run(job("0", OLD + "{\"build\":[\"b1\",\"b2\"]}")));
      move("0", "done");
      write(Files.readString(file).replaceFirst("\"b1\",\\s*", ""));

      assertThat(load().job("0").orElseThrow().errors())
          .extracting(JobError::message)
          .containsExactly("b2");
    }

    @Test
    void anythingButListsIsRefused() throws IOException {
      write(run(job("0", OLD + "{\"build\":\"b1\"}")));

      assertThatThrownBy(() -> load())
          .isInstanceOf(RunFileException.Damaged.class)
          .hasMessageContaining(file + ": line ")
          .hasMessageContaining("job 0: \"build\" must be a list");
    }
  }

  @Nested
  class Edits {
    @Test
    void aStateThatAPersonChangedIsReportedAndStartsAfresh() throws IOException {
      write(run(job("0", plain("new"))));
      try (var serializer = open()) {
        Run<Json, Json> run = serializer.load().orElseThrow();
        serializer.begin(run);
        Job<Json> job =
            moved(run.job("0").orElseThrow(), "rejected")
                .copy()
                .parked("failed 3 times in a row: no")
                .attempt(3)
                .due(AT)
                .build();
        serializer.commit(List.of(encode(serializer, job, List.of())));
      }
      write(Files.readString(file).replace("\"State\": \"rejected\"", "\"State\": \"edit\""));

      try (var serializer = open()) {
        Run<Json, Json> run = serializer.load().orElseThrow();
        assertThat(serializer.opening().edits()).containsExactly(new Edit("0", "rejected", "edit"));
        Job<Json> job = run.job("0").orElseThrow();
        assertThat(job.parked()).isEmpty();
        assertThat(job.due()).isEmpty();
        assertThat(job.attempt()).isZero();
        assertThat(job.version()).isEqualTo(3);
        assertThat(job.transitionCount()).isEqualTo(1);
        serializer.begin(run);
      }
      try (var serializer = open()) {
        serializer.load();
        assertThat(serializer.opening().edits()).isEmpty();
      }
    }

    @Test
    void aJobThatAPersonTypedIsTaken() throws IOException {
      write(run("\"5\": {\"C\": {\"a\": 1}, \"State\": \"new\"}"));

      move("5", "done");

      assertThat(load().job("5").orElseThrow().context()).isEqualTo(new Json("{\"a\":1}"));
    }

    @Test
    void aContextThatCannotBeReadIsKeptWhenTheStateWasChanged() throws IOException {
      record Nothing() {}
      record Build(int number) {}
      var workflow =
          Workflow.named("w", String.class, Nothing.class, Build.class)
              .state("new", s -> s.exec((app, overall, build) -> Outcome.to("done", build)))
              .terminal("done")
              .build();
      write(run(job("0", plain("old").replace("\"C\": {}", "\"C\": {\"size\": 7}"))));
      move("0", "old");
      write(Files.readString(file).replace("\"State\": \"old\"", "\"State\": \"new\""));

      try (var serializer = JsonSerializer.at(file, workflow)) {
        var run = serializer.load().orElseThrow();
        assertThat(serializer.opening().unreadable()).extracting("job").containsExactly("0");
        serializer.begin(run);
      }

      Job<Json> job = load().job("0").orElseThrow();
      assertThat(job.context()).isEqualTo(new Json("{\"size\":7}"));
      assertThat(job.state()).isEqualTo("new");
      assertThat(job.version()).isEqualTo(3);
    }

    @Test
    void unknownStatesAndUnreadableContextsAreReportedAndKept() throws IOException {
      record Nothing() {}
      record Build(int number) {}
      var workflow =
          Workflow.named("w", String.class, Nothing.class, Build.class)
              .state("new", s -> s.exec((app, overall, build) -> Outcome.to("done", build)))
              .terminal("done")
              .build();
      String text =
          run(
              String.join(
                  ",",
                  job("0", plain("new").replace("{}", "{\n        \"number\": 7\n      }")),
                  job("1", plain("old").replace("{}", "{\n        \"number\": 7\n      }")),
                  job("2", plain("new"))));
      text =
          text.replace("\"StateErrors\": {\n        \"number\": 7\n      }", "\"StateErrors\": {}");
      write(text);

      try (var serializer = JsonSerializer.at(file, workflow)) {
        var run = serializer.load().orElseThrow();
        assertThat(serializer.opening().unknownStates()).extracting("job").containsExactly("1");
        assertThat(serializer.opening().unreadable()).extracting("job").containsExactly("2");
        assertThat(serializer.opening().unreadable().getFirst().problem())
            .isEqualTo(
                "Build does not fit: its int \"number\" is missing or null. If it may be, as with"
                    + " Go's omitempty, give the field a type with room for it, such as Integer;"
                    + " else write it into the file");
        assertThat(run.job("2").orElseThrow().isReadable()).isFalse();
        serializer.begin(run);
      }
      assertThat(file).hasContent(text);
    }
  }

  @Nested
  class Refusals {
    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        quoteCharacter = '`',
        value = {
          "{\"Name\":\"x\",\"Jobs\":{\"1\":{\"Id\":\"2\",\"State\":\"new\"}}}| job 1: it is filed under the key \"1\" but its Id is \"2\"",
          "{\"Name\":\"x\",\"Jobs\":{\"1\":{\"Id\":\"1\"}}}| job 1: it needs \"State\"",
          "{\"Name\":\"x\",\"Jobs\":{\"1\":{\"state\":\"new\"}}}| job 1: its field \"state\" must be written \"State\"",
          "{\"Name\":\"x\",\"Jobs\":{\"1\":{\"State\":\"a\",\"State\":\"b\"}}}| job 1: it has \"State\" twice",
          "{\"Name\":\"x\",\"Jobs\":{\"1\":{\"State\":\"a\"},\"1\":{\"State\":\"b\"}}}| job 1: it is there twice",
          "{\"Name\":\"x\",\"Jobs\":{\"1\":{\"State\":\"a\",\"LastUpdate\":\"today\"}}}| job 1: a time in it cannot be read",
          "{\"Name\":\"x\",\"Jobs\":{\"1\":[]}}| job 1: \"1\" must be an object",
          "{\"Name\":\"x\",\"Jobs\":{\"1\":{\"State\":\"a\"| the file ends in the middle",
          "{\"Name\":\"x\",\"Jobs\":{}} {}| something follows the run",
          "{\"name\":\"x\",\"Jobs\":{}}| its field \"name\" must be written \"Name\"",
          "{\"version\":1}| it needs \"Name\" and \"Jobs\"",
          "[1]| it is not a JSON object",
          "{\"Name\":\"x\",\"Jobs\":{},}| it is not well-formed JSON",
          "{\"Name\":\"x\",\"Jobs\":{},\"Jorb\":{\"start\":\"new\"}}| its \"Jorb\" needs \"id\"",
          "\uFEFF{\"Name\":\"x\",\"Jobs\":{}}| it begins with a byte order mark, which Go cannot read either",
          "``| the file is empty",
        })
    void whatIsNoRunOfGoIsRefusedAndNotTouched(String text, String problem) throws IOException {
      write(text);

      assertThatThrownBy(() -> load())
          .isInstanceOf(RunFileException.Damaged.class)
          .hasMessageStartingWith(file + ": line 1: ")
          .hasMessageContaining(problem)
          .hasMessageContaining("Nothing was changed");
      assertThat(file).hasContent(text);
    }

    @Test
    void bytesThatAreNotUtf8AreRefusedWithTheirLine() throws IOException {
      byte[] text = run(job("0", plain("n?w"))).getBytes(StandardCharsets.UTF_8);
      for (int i = 0; i < text.length; i++) {
        text[i] = text[i] == '?' ? (byte) 0xFC : text[i];
      }
      Files.write(file, text);

      assertThatThrownBy(() -> load())
          .isInstanceOf(RunFileException.Damaged.class)
          .hasMessageContaining("line 7: it is not UTF-8");
    }

    @Test
    void anEmptyFileIsNotOverwrittenByANewRun() throws IOException {
      write("");

      try (var serializer = open()) {
        assertThatThrownBy(() -> serializer.begin(Run.create("fleet", new Json("{}"), "new")))
            .isInstanceOf(RunFileException.class)
            .hasMessageContaining(file + ": ");
      }
    }
  }

  @Nested
  class ARunThat {
    private final Run<Json, Json> run = Run.create("fleet", new Json("{}"), "new");

    @Test
    void isNotThereYetIsFoundNowhere() {
      try (var serializer = open()) {
        assertThat(serializer.path()).isEqualTo(file);
        assertThat(serializer.load()).isEmpty();
        assertThat(serializer.isRecording()).isTrue();
      }
    }

    @Test
    void hasBegunCannotBeginAgain() {
      try (var serializer = open()) {
        serializer.begin(run);

        assertThatThrownBy(() -> serializer.begin(run))
            .isInstanceOf(IllegalStateException.class)
            .hasMessage(file + ": begin was called already");
      }
    }

    @Test
    void hasNotBegunTakesNoBatch() {
      try (var serializer = open()) {
        assertThatThrownBy(() -> serializer.commit(List.of()))
            .isInstanceOf(IllegalStateException.class)
            .hasMessage(file + ": commit before begin");
      }
    }

    @Test
    void isAnotherThanTheOneThatWasLoadedIsRefused() throws IOException {
      write(run(job("0", plain("new"))));
      String before = Files.readString(file);
      try (var serializer = open()) {
        Run<Json, Json> loaded = serializer.load().orElseThrow();

        assertThatThrownBy(() -> serializer.begin(run))
            .isInstanceOf(RunFileException.class)
            .hasMessage(
                "%s: it holds run \"fleet\" with the id %s, not run \"fleet\" with the id %s"
                    .formatted(file, loaded.id(), run.id()));
      }
      assertThat(file).hasContent(before);
    }

    @Test
    void lacksAJobThatWasLoadedIsRefused() throws IOException {
      write(run(job("0", plain("new"))));
      String before = Files.readString(file);
      try (var serializer = open()) {
        Run<Json, Json> loaded = serializer.load().orElseThrow();
        Run<Json, Json> smaller =
            Run.restore(loaded.name(), loaded.id(), loaded.overall(), loaded.startState());

        assertThatThrownBy(() -> serializer.begin(smaller))
            .isInstanceOf(RunFileException.class)
            .hasMessageContaining(file + ": it holds job 0, which the run does not");
      }
      assertThat(file).hasContent(before);
    }

    @Test
    void isThereAlreadyIsNotOverwrittenByANewOne() throws IOException {
      write(run(job("0", plain("new"))));
      String before = Files.readString(file);
      try (var serializer = open()) {
        assertThatThrownBy(() -> serializer.begin(run))
            .isInstanceOf(RunFileException.class)
            .hasMessageContaining("there is a run in it already");
      }
      assertThat(file).hasContent(before);
    }

    @Test
    void goesOnByAnotherWorkflowSaysThatOne() throws IOException {
      write(run(job("0", plain("new"))));
      var workflow =
          Workflow.named("other", String.class, Json.class, Json.class)
              .state("new", s -> s.exec((app, o, job) -> Outcome.to("done", job)))
              .terminal("done")
              .build();
      move("0", "done");

      try (var serializer = JsonSerializer.at(file, workflow)) {
        serializer.begin(serializer.load().orElseThrow());
      }

      assertThat(tree().get("Jorb").get("workflow").asString()).isEqualTo("other");
    }

    @Test
    void changedBetweenLoadAndBeginIsWrittenAsItIsThen() throws IOException {
      write(run(job("0", plain("new")) + "," + job("1", plain("new"))));
      try (var serializer = open()) {
        Run<Json, Json> loaded = serializer.load().orElseThrow();
        Job<Json> zero = loaded.job("0").orElseThrow();
        loaded.put(zero.next().context(new Json("{\"a\":1}")).build());
        loaded.put(Job.create("2", "new", new Json("{\"b\":2}"), AT));
        serializer.begin(loaded);
      }

      Run<Json, Json> found = load();
      assertThat(found.job("0").orElseThrow().context()).isEqualTo(new Json("{\"a\":1}"));
      assertThat(found.job("0").orElseThrow().version()).isEqualTo(2);
      assertThat(found.job("1").orElseThrow().version()).isEqualTo(1);
      assertThat(found.job("2").orElseThrow().context()).isEqualTo(new Json("{\"b\":2}"));
    }

    @Test
    void cannotBeReadAgainIsRefusedBeforeAnythingIsWritten() {
      UnreadableRuns.assertRefused(file, JsonSerializer::at);
    }
  }

  @Nested
  class Trouble {
    private final BrittleDisk disk = new BrittleDisk();
    private final Run<Json, Json> run = Run.create("fleet", new Json("{}"), "new");
    private JsonSerializer<Json, Json> serializer;

    @BeforeEach
    void begin() {
      run.add(new Json("{}")).add(new Json("{}"));
      serializer = new JsonSerializer<>(disk, TimeSource.system(), file, Schema.untyped());
      serializer.begin(run);
    }

    private Serializer.Encoded<Json> step(String id, String to) {
      Job<Json> job = run.job(id).orElseThrow();
      Job<Json> child =
          Job.<Json>builder(id + "->0", "new").parent(id).context(new Json("1")).build();
      return encode(serializer, moved(job, to).copy().kicks(1).build(), List.of(child));
    }

    @Test
    void aFullDiskLeavesTheOldFileAndTheBatchMayBeTriedAgain() throws IOException {
      String before = Files.readString(file);
      disk.failing("write", "No space left on device");

      assertThatThrownBy(() -> serializer.commit(List.of(step("0", "done"))))
          .isInstanceOf(DiskFullException.class)
          .hasMessageContaining(file + ": no space left on the device");
      assertThat(file).hasContent(before);
      assertThat(directory.resolve("run.json.tmp")).doesNotExist();

      disk.heal();
      serializer.commit(List.of(step("1", "done")));
      assertThat(reload().job("0").orElseThrow().state()).isEqualTo("new");
      assertThat(load().job("0->0")).isEmpty();
      assertThat(load().job("1->0")).isPresent();
    }

    private Run<Json, Json> reload() {
      serializer.close();
      return load();
    }

    @ParameterizedTest
    @ValueSource(strings = {"create", "write", "sync", "rename", "syncDirectoryOf"})
    void afterAnyOtherFailureNothingMoreIsAcknowledged(String call) throws IOException {
      disk.failing(call, "I/O error");
      assertThatThrownBy(() -> serializer.commit(List.of(step("0", "done"))))
          .isInstanceOf(RunFileException.class)
          .isNotInstanceOf(DiskFullException.class)
          .hasMessageContaining(file + ": ")
          .hasMessageContaining("I/O error")
          .hasMessageContaining("all that was acknowledged is safe");

      disk.heal();
      assertThatThrownBy(() -> serializer.commit(List.of(step("1", "done"))))
          .isInstanceOf(RunFileException.class)
          .hasMessageContaining("I/O error");
      assertThat(reload().job("1").orElseThrow().state()).isEqualTo("new");
    }

    @Test
    void aBatchOfNothingIsNotWritten() {
      disk.calls.clear();

      serializer.commit(List.of());

      assertThat(disk.calls).isEmpty();
    }

    @Test
    void theContentIsFlushedBeforeItTakesTheName() {
      disk.calls.clear();

      serializer.commit(List.of(step("0", "done")));

      assertThat(disk.calls)
          .containsSubsequence("create", "write", "sync", "rename", "syncDirectoryOf");
    }

    @Test
    void aFileThatWasReplacedIsLeftAloneAndTheRunIsRescued() throws IOException {
      Path other = directory.resolve("other");
      Files.writeString(other, run(job("0", plain("edited"))));
      Files.move(other, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);

      assertThatThrownBy(() -> serializer.commit(List.of(step("0", "done"))))
          .isInstanceOf(RunFileException.class)
          .hasMessageContaining(file + ": the file was replaced or changed")
          .hasMessageContaining("run.json.rescue-1");
      assertThat(reload().job("0").orElseThrow().state()).isEqualTo("edited");
      file = directory.resolve("run.json.rescue-1");
      assertThat(load().job("0->0")).isPresent();
    }

    @Test
    void aFileThatIsGoneAtTheEndIsRescued() throws IOException {
      serializer.commit(List.of(step("0", "done")));
      Files.delete(file);

      assertThatThrownBy(serializer::close)
          .isInstanceOf(RunFileException.class)
          .hasMessageContaining("the file was removed or renamed")
          .hasMessageContaining("run.json.rescue-2");
      serializer.close();
      file = directory.resolve("run.json.rescue-2");
      assertThat(load().job("0").orElseThrow().state()).isEqualTo("done");
    }

    @Test
    void whatAnInterruptedSaveLeftIsOverwritten() throws IOException {
      Files.writeString(directory.resolve("run.json.tmp"), "half");

      serializer.commit(List.of(step("0", "done")));

      assertThat(reload().job("0").orElseThrow().state()).isEqualTo("done");
      assertThat(directory.resolve("run.json.tmp")).doesNotExist();
    }

    @Test
    void withoutALockThereIsNoRunAndAFullDiskIsSaid() {
      serializer.close();
      try (var second = new JsonSerializer<>(disk, TimeSource.system(), file, Schema.untyped())) {
        disk.failing("lock", "I/O error");
        assertThatThrownBy(second::load)
            .isInstanceOf(RunFileException.class)
            .isNotInstanceOf(DiskFullException.class)
            .hasMessage(file + ": cannot be read (I/O error)");

        disk.failing("lock", "No space left on device");
        assertThatThrownBy(second::load)
            .isInstanceOf(DiskFullException.class)
            .hasMessageContaining("not even for its lock");

        disk.heal();
        assertThat(second.load()).isPresent();
      }
    }

    @Test
    void aFileChangedBetweenLoadAndBeginIsNotOverwritten() throws IOException {
      serializer.close();
      try (var second = open()) {
        Run<Json, Json> loaded = second.load().orElseThrow();
        String edited = Files.readString(file) + "\n";
        write(edited);

        assertThatThrownBy(() -> second.begin(loaded))
            .isInstanceOf(RunFileException.class)
            .hasMessageContaining(file + ": it was changed after it was loaded");
        assertThat(file).hasContent(edited);
      }
    }
  }
}
