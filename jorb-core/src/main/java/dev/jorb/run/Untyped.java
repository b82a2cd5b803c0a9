package dev.jorb.run;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The schema of a reader that knows nothing but the file.
enum Untyped implements Schema<Json, Json> {
  INSTANCE;

  @Override
  public Class<Json> overallType() {
    return Json.class;
  }

  @Override
  public Class<Json> contextType() {
    return Json.class;
  }

  @Override
  public Optional<String> workflowName() {
    return Optional.empty();
  }

  @Override
  public List<String> stateNames() {
    return List.of();
  }

  @Override
  public Set<String> terminalStateNames() {
    return Set.of();
  }
}
