/// The command line of Jorb: `Jorb.main`, progress, reports, and verbs on run files.
@org.jspecify.annotations.NullMarked
module dev.jorb.cli {
  requires transitive dev.jorb;
  requires com.dashjoin.jsonata;
  requires info.picocli;
  requires java.logging;
  requires java.xml;
  requires tools.jackson.databind;
  requires jdk.unsupported; // OsSignal, by reflection
  requires static transitive org.jspecify;

  exports dev.jorb.cli;

  opens dev.jorb.cli to
      info.picocli;
}
