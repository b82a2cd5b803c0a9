/// The front door: puts a workflow, a run, a serializer and listeners together and runs them.
@org.jspecify.annotations.NullMarked
package dev.jorb.processor;
