/// For tests of workflows and serializers of Jorb.
@org.jspecify.annotations.NullMarked
module dev.jorb.test {
  requires transitive dev.jorb;
  requires transitive org.junit.jupiter.api;
  requires org.assertj.core;
  requires org.junit.platform.commons;
  requires static transitive org.jspecify;

  exports dev.jorb.test;

  // The contexts go through JSON.
  opens dev.jorb.test;
}
