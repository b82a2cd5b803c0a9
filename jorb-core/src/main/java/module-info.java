/// Jorb: concentrated computing. Runs big batches of multi-step jobs inside one process on one
/// machine.
@org.jspecify.annotations.NullMarked
@SuppressWarnings({
  "module", // dev.jorb.test is built later.
  "requires-automatic" // HdrHistogram has no module name but that of its file.
})
module dev.jorb {
  requires HdrHistogram;
  requires java.management;
  requires jdk.jfr;
  requires jdk.management;
  requires org.slf4j;
  requires tools.jackson.databind;
  requires static transitive org.jspecify;

  exports dev.jorb.time;
  exports dev.jorb.limit;
  exports dev.jorb.workflow;
  exports dev.jorb.run;
  exports dev.jorb.serial;
  exports dev.jorb.event;
  exports dev.jorb.processor;
  exports dev.jorb.measure;
  exports dev.jorb.report;
  exports dev.jorb.engine to
      dev.jorb.test;
}
