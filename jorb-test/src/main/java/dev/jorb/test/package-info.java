/// For tests of workflows and serializers.
@org.jspecify.annotations.NullMarked
package dev.jorb.test;
