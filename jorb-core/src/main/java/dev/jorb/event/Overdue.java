package dev.jorb.event;

import java.time.Duration;
import java.util.List;

/// A step that has run longer than its state allows, was interrupted, and goes on all the same.
///
/// @param job the job's id
/// @param state the state whose step it is
/// @param running how long it has been running
/// @param stack where it is, innermost call first
public record Overdue(String job, String state, Duration running, List<StackTraceElement> stack) {
  /// Copies the list.
  public Overdue {
    stack = List.copyOf(stack);
  }

  /// The job, its state and how long, and then where it is, a line for each call.
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append("job ").append(job).append(" in ").append(state).append(", running for ");
    text.append(running);
    stack.forEach(frame -> text.append("\n  at ").append(frame));
    return text.toString();
  }
}
