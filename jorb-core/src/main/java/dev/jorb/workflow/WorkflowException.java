package dev.jorb.workflow;

import java.util.List;

/// A workflow's definition has mistakes: all of them, in one message.
public final class WorkflowException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final List<String> problems;

  WorkflowException(String workflow, List<String> problems) {
    super(message(workflow, problems));
    this.problems = List.copyOf(problems);
  }

  private static String message(String workflow, List<String> problems) {
    String count = problems.size() == 1 ? "one problem" : problems.size() + " problems";
    return "workflow \""
        + workflow
        + "\" has "
        + count
        + ":\n  - "
        + String.join("\n  - ", problems);
  }

  /// The problems, one sentence each.
  public List<String> problems() {
    return problems;
  }
}
