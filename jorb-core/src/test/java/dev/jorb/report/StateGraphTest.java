package dev.jorb.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.report.StateGraph.Edge;
import dev.jorb.report.StateGraph.Kind;
import dev.jorb.report.StateGraph.Node;
import dev.jorb.run.Job;
import dev.jorb.run.StateShape;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class StateGraphTest {
  private static final Instant AT = Instant.parse("2026-11-24T10:00:00Z");
  private static final List<StateShape> SHAPES =
      List.of(
          new StateShape("edit", false, 1, 0, List.of(), List.of()),
          new StateShape("push", false, 1, 0, List.of("merged", "watch"), List.of("refused")),
          new StateShape("watch", false, 1, 0, List.of(), List.of()),
          StateShape.unknown("merged", true),
          StateShape.unknown("refused", true));

  private static Job<String> job(String... way) {
    Job.Builder<String> job = Job.builder("0", way[way.length - 1]);
    for (int i = 1; i < way.length; i++) {
      job.transition(way[i - 1], way[i], AT.plusSeconds(i), Duration.ZERO);
    }
    return job.context("").build();
  }

  @Test
  void countsWhatWasTakenBesideWhatIsDeclared() {
    StateGraph graph =
        StateGraph.of(
            SHAPES, List.of(job("edit", "push", "push", "merged"), job("edit", "push", "refused")));

    assertThat(graph.nodes())
        .contains(new Node("merged", true, true, 1), new Node("edit", true, false, 0));
    assertThat(graph.edges())
        .containsExactly(
            new Edge("edit", "push", Kind.OPEN, 2),
            new Edge("push", "push", Kind.OPEN, 1),
            new Edge("push", "watch", Kind.DECLARED, 0),
            new Edge("push", "merged", Kind.DECLARED, 1),
            new Edge("push", "refused", Kind.ON_FAILURE, 1));
  }

  @Test
  void saysWhereTheyDiffer() {
    StateGraph graph =
        StateGraph.of(SHAPES, List.of(job("edit", "push", "edit"), job("old", "push")));

    assertThat(graph.differences())
        .containsExactly(
            "no job has come to state \"watch\"",
            "no job has come to state \"merged\"",
            "no job has come to state \"refused\"",
            "state \"old\" is not the workflow's",
            "the way from \"push\" to \"edit\" was taken once and is not declared",
            "the way from \"push\" to \"watch\" is declared and was never taken",
            "the way from \"push\" to \"merged\" is declared and was never taken");
  }

  @Test
  void everyWorkflowHasTheStateOfCancelledJobs() {
    StateGraph graph =
        StateGraph.of(
            SHAPES,
            List.of(
                job("edit", "push", "watch", "merged"),
                job("push", "merged"),
                job("push", "refused"),
                job("edit", "push", Job.CANCELLED)));

    assertThat(graph.nodes()).contains(new Node(Job.CANCELLED, true, true, 1));
    assertThat(graph.edges()).contains(new Edge("push", Job.CANCELLED, Kind.OPEN, 1));
    assertThat(graph.differences()).isEmpty();
  }

  @Test
  void noDifferenceNoSentence() {
    List<StateShape> shapes =
        List.of(
            new StateShape("a", false, 1, 0, List.of("b"), List.of()),
            StateShape.unknown("b", true));

    assertThat(StateGraph.of(shapes, List.of(job("a", "b"))).differences()).isEmpty();
  }
}
