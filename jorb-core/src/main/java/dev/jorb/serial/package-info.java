/// What remembers a run: the journal, the Go version's whole-file form, or nothing.
@org.jspecify.annotations.NullMarked
package dev.jorb.serial;
