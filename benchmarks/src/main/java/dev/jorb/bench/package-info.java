/// Measures Jorb beside what a user would take instead. Each row of the table is one class that
/// ends in `Row`; each alternative is one [Contender].
@org.jspecify.annotations.NullMarked
package dev.jorb.bench;
