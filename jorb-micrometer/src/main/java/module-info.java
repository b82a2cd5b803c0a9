/// Binds the measures of Jorb's runs to Micrometer.
@org.jspecify.annotations.NullMarked
@SuppressWarnings({
  "requires-automatic",
  "requires-transitive-automatic"
}) // Micrometer's name is its manifest's.
module dev.jorb.micrometer {
  requires transitive dev.jorb;
  requires transitive micrometer.core;
  requires static transitive org.jspecify;

  exports dev.jorb.micrometer;
}
