package dev.jorb.report;

import dev.jorb.run.Job;
import dev.jorb.run.JobTransition;
import dev.jorb.run.StateShape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The states of a run and the ways between them: what the workflow declares and what the jobs did.
///
/// @param nodes the states in the workflow's order; those that only jobs name come after them
/// @param edges the ways in the order of the states that they leave and reach
public record StateGraph(List<Node> nodes, List<Edge> edges) {
  /// Copies the lists.
  public StateGraph {
    nodes = List.copyOf(nodes);
    edges = List.copyOf(edges);
  }

  /// A state.
  ///
  /// @param declared whether the workflow has it
  /// @param jobs the jobs that are in it
  public record Node(String state, boolean declared, boolean terminal, long jobs) {}

  /// A way from one state to another, or back to the same.
  ///
  /// @param kind what the workflow says of it
  /// @param count how often it was taken, of the transitions that the jobs still keep
  public record Edge(String from, String to, Kind kind, long count) {}

  /// What the workflow says of a way.
  public enum Kind {
    /// The step may take it.
    DECLARED,
    /// Jobs take it when their retries are used up.
    ON_FAILURE,
    /// The step declares no next states, so it may go anywhere; or a job stays in its state or is
    /// cancelled, which it always may.
    OPEN,
    /// Not declared, although the state declares others.
    UNDECLARED
  }

  /// The graph of a run.
  ///
  /// @param shapes what is declared, in the workflow's order
  public static StateGraph of(List<StateShape> shapes, Iterable<? extends Job<?>> jobs) {
    Map<String, Long> inState = new LinkedHashMap<>();
    shapes.forEach(shape -> inState.put(shape.name(), 0L));
    Map<Way, Long> taken = new LinkedHashMap<>();
    for (Job<?> job : jobs) {
      inState.merge(job.state(), 1L, Long::sum);
      for (JobTransition each : job.transitions()) {
        taken.merge(new Way(each.from(), each.to()), 1L, Long::sum);
      }
    }
    taken
        .keySet()
        .forEach(way -> {
          inState.putIfAbsent(way.from(), 0L);
          inState.putIfAbsent(way.to(), 0L);
        });
    Map<String, StateShape> declared = new LinkedHashMap<>();
    shapes.forEach(shape -> declared.put(shape.name(), shape));
    List<Node> nodes = new ArrayList<>();
    inState.forEach((state, count) -> nodes.add(node(state, declared, count)));
    return new StateGraph(nodes, edges(nodes, declared, taken));
  }

  private record Way(String from, String to) {}

  private static Node node(String state, Map<String, StateShape> declared, long jobs) {
    boolean known = declared.containsKey(state) || state.equals(Job.CANCELLED);
    return new Node(state, known, shape(state, declared).terminal(), jobs);
  }

  private static StateShape shape(String state, Map<String, StateShape> declared) {
    return declared.getOrDefault(state, StateShape.undeclared(state));
  }

  private static List<Edge> edges(
      List<Node> nodes, Map<String, StateShape> declared, Map<Way, Long> taken) {
    List<Edge> edges = new ArrayList<>();
    for (Node from : nodes) {
      StateShape shape = shape(from.state(), declared);
      for (Node to : nodes) {
        long count = taken.getOrDefault(new Way(from.state(), to.state()), 0L);
        Kind kind = kind(shape, to.state());
        if (count > 0 || kind == Kind.DECLARED || kind == Kind.ON_FAILURE) {
          edges.add(new Edge(from.state(), to.state(), kind, count));
        }
      }
    }
    return edges;
  }

  private static Kind kind(StateShape from, String to) {
    if (from.next().contains(to)) {
      return Kind.DECLARED;
    }
    if (from.onFailure().contains(to)) {
      return Kind.ON_FAILURE;
    }
    boolean isOpen = !from.terminal() && (from.next().isEmpty() || to.equals(Job.CANCELLED));
    return isOpen || from.name().equals(to) ? Kind.OPEN : Kind.UNDECLARED;
  }

  /// Where what is declared and what was done differ, in sentences; empty if they do not.
  public List<String> differences() {
    List<String> all = new ArrayList<>();
    for (Node node : nodes) {
      if (!node.declared()) {
        all.add("state \"" + node.state() + "\" is not the workflow's");
      } else if (isUnreached(node)) {
        all.add("no job has come to state \"" + node.state() + "\"");
      }
    }
    for (Edge edge : edges) {
      String way = "from \"" + edge.from() + "\" to \"" + edge.to() + "\"";
      if (edge.kind() == Kind.UNDECLARED) {
        all.add("the way " + way + " was taken " + times(edge.count()) + " and is not declared");
      } else if (edge.kind() == Kind.DECLARED && edge.count() == 0) {
        all.add("the way " + way + " is declared and was never taken");
      }
    }
    return all;
  }

  private static String times(long count) {
    return count == 1 ? "once" : count + " times";
  }

  private boolean isUnreached(Node node) {
    return node.jobs() == 0
        && edges.stream()
            .noneMatch(edge ->
                edge.count() > 0
                    && (edge.from().equals(node.state()) || edge.to().equals(node.state())));
  }
}
