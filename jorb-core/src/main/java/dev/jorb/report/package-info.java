/// What a run's jobs say when they are looked at together: clusters of errors, the graph of states,
/// and what the run was limited by. Pure functions of a run.
@org.jspecify.annotations.NullMarked
package dev.jorb.report;
