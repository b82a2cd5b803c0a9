package dev.jorb.workflow;

import dev.jorb.run.Job;
import dev.jorb.run.Run;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The rules for a workflow's definition. Each method adds what it finds; none stops at the first.
final class Definition {
  private final List<String> problems = new ArrayList<>();
  private final Set<String> names;

  private Definition(List<? extends State<?, ?, ?>> states) {
    this.names =
        states.stream().map(State::name).collect(Collectors.toCollection(LinkedHashSet::new));
  }

  static List<String> problems(
      String name,
      int maxJobs,
      @Nullable Duration deadline,
      List<? extends State<?, ?, ?>> states,
      List<Group> groups) {
    Definition definition = new Definition(states);
    if (name.isBlank()) {
      definition.problems.add("the workflow's name must not be blank");
    }
    if (maxJobs < 1 || maxJobs > Run.MAX_JOBS) {
      definition.problems.add(
          "maxJobs must be between 1 and " + Run.MAX_JOBS + " but was " + maxJobs);
    }
    if (deadline != null && !deadline.isPositive()) {
      definition.problems.add("the jobs' deadline must be above zero but was " + deadline);
    }
    definition.checkStates(states);
    definition.checkGroups(states, groups);
    return List.copyOf(definition.problems);
  }

  private void checkStates(List<? extends State<?, ?, ?>> states) {
    if (states.isEmpty()) {
      problems.add("there must be at least one state but there is none");
      return;
    }
    checkNames(states);
    states.forEach(this::checkState);
    if (states.stream().noneMatch(State::isTerminal)) {
      problems.add("there must be at least one terminal state, or no job ever ends");
    }
  }

  private void checkNames(List<? extends State<?, ?, ?>> states) {
    Set<String> seen = new LinkedHashSet<>();
    Set<String> repeated = new LinkedHashSet<>();
    for (State<?, ?, ?> state : states) {
      if (!seen.add(state.name())) {
        repeated.add(state.name());
      }
    }
    repeated.forEach(name -> problems.add("state \"" + name + "\" is defined more than once"));
  }

  private void checkState(State<?, ?, ?> state) {
    if (state.name().isBlank()) {
      problems.add("a state's name must not be blank");
    }
    if (state.name().codePoints().anyMatch(Character::isISOControl)) {
      problem(state, "its name must not have control characters");
    }
    if (state.name().equals(Job.CANCELLED) && !state.isTerminal()) {
      problem(state, "it must be terminal: it is where cancelled jobs go");
    }
    if (!state.isTerminal() && state.exec().isEmpty() && state.batchExec().isEmpty()) {
      problem(state, "it needs an exec, or must be terminal");
    }
    if (state.exec().isPresent() && state.batchExec().isPresent()) {
      problem(state, "exec and execBatch contradict each other: a step takes one job or several");
    }
    if (state.batchSize() < 1 || state.batchSize() > State.MAX_BATCH) {
      problem(
          state,
          "execBatch must take between 1 and "
              + State.MAX_BATCH
              + " jobs at a time but was told "
              + state.batchSize());
    }
    if (state.concurrency() < 1) {
      problem(state, "concurrency must be at least 1 but was " + state.concurrency());
    }
    state.problems.forEach(problem -> problem(state, problem));
    for (StateLimit<?> each : state.limits()) {
      each.limit().problems().forEach(problem -> problem(state, problem));
    }
    state
        .timeout()
        .filter(timeout -> timeout.isZero() || timeout.isNegative())
        .ifPresent(timeout -> problem(state, "timeout must be above zero but was " + timeout));
    if (state.maxKicks() < 0 || state.maxKicks() > Outcome.MAX_KICKS) {
      problem(
          state,
          "maxKicks must be between 0 and " + Outcome.MAX_KICKS + " but was " + state.maxKicks());
    }
    if (state.verify().isPresent() && state.parksInDoubt()) {
      problem(
          state,
          "verify and parkInDoubt contradict each other: what is in doubt is one or the other");
    }
    state
        .probeAfter()
        .filter(after -> after.isZero() || after.isNegative())
        .ifPresent(after ->
            problem(state, "a circuit's probe must come after a time above zero but was " + after));
    checkTargets(state);
  }

  private void checkGroups(List<? extends State<?, ?, ?>> states, List<Group> groups) {
    Set<String> seen = new LinkedHashSet<>();
    Map<String, String> groupOf = new HashMap<>();
    for (Group group : groups) {
      String name = "group \"" + group.name() + "\": ";
      if (group.name().isBlank()) {
        problems.add("a group's name must not be blank");
      }
      if (!seen.add(group.name())) {
        problems.add(name + "it is defined more than once");
      }
      if (group.most() < 1) {
        problems.add(name + "it must let at least 1 job in but was " + group.most());
      }
      if (group.states().isEmpty()) {
        problems.add(name + "it needs at least one state");
      }
      for (String state : group.states()) {
        if (!names.contains(state)) {
          problems.add(name + "names the unknown state \"" + state + "\"; known are " + names);
        }
        String other = groupOf.putIfAbsent(state, group.name());
        if (other != null && !other.equals(group.name())) {
          problems.add(name + "state \"" + state + "\" is in group \"" + other + "\" already");
        }
      }
      states.stream()
          .filter(state -> group.states().contains(state.name()))
          .filter(
              state -> state.isTerminal() && state.exec().isEmpty() && state.batchExec().isEmpty())
          .forEach(state ->
              problems.add(
                  name
                      + "jobs end in \""
                      + state.name()
                      + "\", so their places would never be free again"));
    }
  }

  private void checkTargets(State<?, ?, ?> state) {
    state.onFailure().ifPresent(target -> checkOnFailure(state, target));
    for (String target : state.next()) {
      checkKnown(state, "next", target);
    }
  }

  private void checkOnFailure(State<?, ?, ?> state, String target) {
    checkKnown(state, "onFailure", target);
    if (target.equals(state.name())) {
      problem(state, "onFailure must lead to another state; for more attempts raise its retry");
    }
  }

  private void checkKnown(State<?, ?, ?> state, String rule, String target) {
    if (!names.contains(target) && !target.equals(Job.CANCELLED)) {
      problem(state, rule + " names the unknown state \"" + target + "\"; known are " + names);
    }
  }

  private void problem(State<?, ?, ?> state, String problem) {
    problems.add("state \"" + state.name() + "\": " + problem);
  }
}
