package dev.jorb.serial;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.jorb.processor.Processor;
import dev.jorb.run.Job;
import dev.jorb.run.JobError;
import dev.jorb.run.Json;
import dev.jorb.run.Run;
import dev.jorb.run.Schema;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Workflow;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Two files that the Go version wrote: a run that finished, and one that was interrupted.
class GoFixtureTest {
  @TempDir Path directory;

  record Fleet(
      @JsonProperty("Database") String database,
      @JsonProperty("WorkDir") String workDir,
      @JsonProperty("Tags") List<String> tags) {}

  record Piece(
      @JsonProperty("Package") String name,
      @JsonProperty("Branch") String branch,
      @JsonProperty("BuildId") String buildId,
      @JsonProperty("Attempts") int attempts,
      @JsonProperty("Files") @Nullable List<String> files,
      @JsonProperty("Score") double score,
      @JsonProperty("Meta") @Nullable Map<String, String> meta,
      @JsonProperty("Parent") @Nullable String parent) {}

  private final List<String> executed = new ArrayList<>();

  private final Workflow<String, Fleet, Piece> workflow =
      Workflow.named("fleet-upgrade", String.class, Fleet.class, Piece.class)
          .state("new", s -> s.exec((app, fleet, item) -> Outcome.to("review", item)))
          .state("review", s -> s.execJob((app, fleet, job) -> review(job)).concurrency(1))
          .terminal("done")
          .terminal("failed")
          .build();

  private Outcome<Piece> review(Job<Piece> job) {
    executed.add(job.id());
    return Outcome.to("done", job.context()).kick("done", job.context());
  }

  @ParameterizedTest
  @ValueSource(strings = {"finished.json", "interrupted.json"})
  void savedUnchangedItIsWhatGoWroteByteForByte(String name) throws IOException {
    Path file = copy(name);
    byte[] before = Files.readAllBytes(file);

    saveUnchanged(file, Schema.untyped());
    assertThat(file).hasBinaryContent(before);

    saveUnchanged(file, workflow);
    assertThat(file).hasBinaryContent(before);
  }

  private static <O, J> void saveUnchanged(Path file, Schema<O, J> schema) {
    try (var serializer = JsonSerializer.at(file, schema)) {
      serializer.begin(serializer.load().orElseThrow());
    }
  }

  @Test
  void idsContextsErrorsTimesAndParentsAreRead() throws IOException {
    try (var serializer = JsonSerializer.at(copy("interrupted.json"), workflow)) {
      Run<Fleet, Piece> run = serializer.load().orElseThrow();

      assertThat(run.name()).isEqualTo("fleet-upgrade");
      assertThat(run.overall())
          .isEqualTo(new Fleet("prod-db", "/srv/work", List.of("a", "ü", "<x>&")));
      assertThat(run.size()).isEqualTo(46);
      assertThat(run.jobs().stream().map(Job::id).limit(12))
          .containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11");
      assertThat(run.job("1").orElseThrow().context())
          .isEqualTo(
              new Piece(
                  "pkg-001",
                  "main",
                  "b-1",
                  1,
                  List.of("a.go", "b.go"),
                  1.0 / 3,
                  Map.of("owner", "team-1"),
                  null));
      assertThat(run.job("1").orElseThrow().updated())
          .isEqualTo(Instant.parse("2026-11-24T02:30:23.357Z"));
      assertThat(serializer.opening().sentences()).isEmpty();
    }
  }

  @Test
  void errorsStandUnderTheirStatesWithTheTimeOfTheJob() throws IOException {
    try (var serializer = JsonSerializer.at(copy("interrupted.json"), Schema.untyped())) {
      Job<Json> job = serializer.load().orElseThrow().job("11").orElseThrow();

      String message = "exit status 1: \"undefined: x\"\n\tat line 3 – naïve";
      assertThat(job.errorsByState()).containsOnlyKeys("build");
      assertThat(job.errors()).extracting(JobError::message).containsExactly(message, message);
      assertThat(job.errors()).extracting(JobError::at).containsOnly(job.updated());
      assertThat(job.errorCount()).isEqualTo(2);
    }
  }

  @Test
  void kickedJobsHaveTheirParentAndTheParentItsCounter() throws IOException {
    try (var serializer = JsonSerializer.at(copy("interrupted.json"), Schema.untyped())) {
      Run<Json, Json> run = serializer.load().orElseThrow();

      assertThat(run.job("21->0").orElseThrow().parent()).contains("21");
      assertThat(run.job("21").orElseThrow().kicks()).isEqualTo(3);
      assertThat(run.job("20").orElseThrow().parent()).isEmpty();
      assertThat(run.job("0").orElseThrow().kicks()).isZero();
    }
  }

  @Test
  void anInterruptedRunGoesOnWhereItWas() throws IOException {
    Path file = copy("interrupted.json");
    Map<String, JsonNode> before = jobs(file);
    List<String> open =
        before.entrySet().stream()
            .filter(each -> isOpen(each.getValue()))
            .map(Map.Entry::getKey)
            .toList();
    assertThat(open).isNotEmpty();

    resume(file);

    assertThat(executed).containsExactlyInAnyOrderElementsOf(open);
    Map<String, JsonNode> after = jobs(file);
    assertThat(after).hasSize(before.size() + open.size());
    for (Map.Entry<String, JsonNode> each : before.entrySet()) {
      JsonNode now = after.get(each.getKey());
      if (open.contains(each.getKey())) {
        assertThat(now.get("State").asString()).isEqualTo("done");
        assertThat(now.get("StateErrors")).isEqualTo(each.getValue().get("StateErrors"));
        assertThat(now.get("Jorb").get("transitions")).hasSize(1);
      } else {
        assertThat(now).isEqualTo(each.getValue());
      }
    }
  }

  @Test
  void whatItKickedIsThereAtTheNextStart() throws IOException {
    Path file = copy("interrupted.json");
    resume(file);
    String kicker = executed.getFirst();

    try (var serializer = JsonSerializer.at(file, workflow)) {
      Run<Fleet, Piece> run = serializer.load().orElseThrow();
      Job<Piece> parent = run.job(kicker).orElseThrow();
      Job<Piece> child = run.job(kicker + "->" + (parent.kicks() - 1)).orElseThrow();
      assertThat(child.parent()).contains(kicker);
      assertThat(parent.version()).isEqualTo(2);
    }
  }

  private void resume(Path file) {
    try (var serializer = JsonSerializer.at(file, workflow)) {
      var run = serializer.load().orElseThrow();
      assertThat(Processor.of(workflow, "app").serializer(serializer).exec(run).isComplete())
          .isTrue();
    }
  }

  @Test
  void runGoesOnInAJournal() throws IOException {
    Path journal = directory.resolve("fleet.jorb");
    int size;
    try (var from = JsonSerializer.at(copy("interrupted.json"), workflow);
        var to = JournalSerializer.at(journal, workflow)) {
      Run<Fleet, Piece> run = from.load().orElseThrow();
      size = run.size();

      assertThat(Processor.of(workflow, "app").serializer(to).exec(run).isComplete()).isTrue();
    }

    try (var again = JournalSerializer.at(journal, workflow)) {
      Run<Fleet, Piece> run = again.load().orElseThrow();
      assertThat(run.size()).isEqualTo(size + executed.size());
      assertThat(run.job("11").orElseThrow().errorCount()).isEqualTo(2);
      assertThat(run.job("21->0").orElseThrow().parent()).contains("21");
    }
  }

  private static boolean isOpen(JsonNode job) {
    return !List.of("done", "failed").contains(job.get("State").asString());
  }

  private static Map<String, JsonNode> jobs(Path file) throws IOException {
    JsonNode tree = Codec.MAPPER.readTree(Files.readString(file));
    Map<String, JsonNode> jobs = new java.util.LinkedHashMap<>();
    tree.get("Jobs").properties().forEach(each -> jobs.put(each.getKey(), each.getValue()));
    return jobs;
  }

  @Test
  void namesOutsideAsciiAndEscapesOfGoSurviveAChange() throws IOException {
    Path file = copy("interrupted.json");
    resume(file);

    String text = Files.readString(file, StandardCharsets.UTF_8);
    assertThat(text).contains("\"21-\\u003e0\": {", "\"\\u003cx\\u003e\\u0026\"", "naïve");
    assertThat(Codec.MAPPER.readTree(text).get("Jorb").get("workflow").asString())
        .isEqualTo("fleet-upgrade");
    assertThat(text).endsWith("}\n").doesNotContain("->");
  }

  private Path copy(String name) throws IOException {
    Path file = directory.resolve(name);
    try (InputStream in = GoFixtureTest.class.getResourceAsStream("/go-jorb/" + name)) {
      Files.copy(in, file);
    }
    return file;
  }
}
