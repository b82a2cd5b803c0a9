package dev.jorb.run;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What a run's data looks like: its types and the names of its states.
///
/// A workflow is one; a reader that has only the file uses [#untyped()]. Immutable.
///
/// @param <O> the overall context
/// @param <J> the job context
public interface Schema<O, J> {
  /// The type of the overall context.
  Class<O> overallType();

  /// The type of the job contexts.
  Class<J> contextType();

  /// The name of the workflow, if there is one.
  Optional<String> workflowName();

  /// The states in their order; empty if they are not known.
  List<String> stateNames();

  /// Those of [#stateNames()] where jobs end.
  Set<String> terminalStateNames();

  /// What is declared of the states, in their order; empty if that is not known.
  default List<StateShape> shapes() {
    return List.of();
  }

  /// Reads any run: contexts stay JSON text, all states are accepted.
  static Schema<Json, Json> untyped() {
    return Untyped.INSTANCE;
  }
}
