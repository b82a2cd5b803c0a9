package dev.jorb.torture;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

/// A mistake in the run file's code, made on purpose in the class files that a campaign loads, to
/// see that the campaign finds it. The library itself has no switch for it.
enum PlantedFault {
  /// The code as it is, to see that loading it anew is no mistake.
  NONE(List.of()),

  /// Nothing waits for the disk.
  NO_SYNC(
      List.of(
          new Change("JournalFile", "flush", done -> replacing("sync", CodeBuilder::pop, done)),
          new Change("NewJournal", "complete", done -> replacing("sync", CodeBuilder::pop, done)))),

  /// Every batch has the number of the first.
  SAME_BATCH_NUMBER(
      List.of(new Change("JournalFile$End", "afterCommit", PlantedFault::notAdvancing))),

  /// A line that is not as it was written passes for one whose state was changed, without a look at
  /// its second checksum.
  SECOND_CHECKSUM_IGNORED(
      List.of(
          new Change("LineReader", "check", done -> replacing("expect", CodeBuilder::pop2, done)))),

  /// The same, and nobody asks with which state it was written. Each of the two refuses what the
  /// other does, so that nothing gets through before both are gone.
  SECOND_CHECKSUM_AND_PROOF_IGNORED(
      List.of(
          new Change("LineReader", "check", done -> replacing("expect", CodeBuilder::pop2, done)),
          new Change(
              "Edits", "stateBefore", done -> replacing("expect", CodeBuilder::pop2, done)))),

  /// A batch is acknowledged first, and flushed when the next one comes.
  EARLY_ACKNOWLEDGEMENT(
      List.of(
          new Change(
              "JournalFile", "commit", done -> replacing("flush", code -> late(code, "owe"), done)),
          new Change("JournalFile", "requireAlive", PlantedFault::paying)));

  private static final String PACKAGE = "dev.jorb.serial.";

  private final List<Change> changes;

  /// One method of a class and what is done to its code; the transform says when it has done it.
  private record Change(String type, String method, Function<Runnable, CodeTransform> transform) {}

  PlantedFault(List<Change> changes) {
    this.changes = changes;
  }

  /// The library with the mistake in it.
  static final class Planted {
    private final PlantedFault fault;
    private final Set<Change> made = ConcurrentHashMap.newKeySet();

    Planted(PlantedFault fault) {
      this.fault = fault;
    }

    /// A row that tortures it.
    Row row(String className) {
      return new AlteredClasses((name, file) -> fault.alter(name, file, made))
          .make(className, Row.class);
    }

    /// Whether the code was there that the fault changes; else the fault has to be written anew.
    boolean isComplete() {
      return made.containsAll(fault.changes);
    }
  }

  private byte[] alter(String className, byte[] classFile, Set<Change> made) {
    byte[] altered = classFile;
    for (Change change : changes) {
      if (className.equals(PACKAGE + change.type())) {
        altered = alter(change, altered, made);
      }
    }
    return altered;
  }

  private static byte[] alter(Change change, byte[] classFile, Set<Change> made) {
    ClassFile file = ClassFile.of();
    return file.transformClass(
        file.parse(classFile),
        (builder, element) -> {
          if (element instanceof MethodModel method
              && method.methodName().equalsString(change.method())) {
            builder.transformMethod(
                method,
                MethodTransform.transformingCode(change.transform().apply(() -> made.add(change))));
          } else {
            builder.with(element);
          }
        });
  }

  /// Puts something in place of the calls of a method, to do away with the same operands.
  private static CodeTransform replacing(
      String called, Consumer<CodeBuilder> instead, Runnable done) {
    return (CodeBuilder code, CodeElement element) -> {
      if (element instanceof InvokeInstruction call && call.name().equalsString(called)) {
        instead.accept(code);
        done.run();
      } else {
        code.with(element);
      }
    };
  }

  /// Adds nothing where the code adds one for the first time, which is to the batch's number.
  private static CodeTransform notAdvancing(Runnable done) {
    AtomicInteger ones = new AtomicInteger();
    return (CodeBuilder code, CodeElement element) -> {
      if (element instanceof ConstantInstruction one
          && one.opcode() == Opcode.LCONST_1
          && ones.getAndIncrement() == 0) {
        code.lconst_0();
        done.run();
      } else {
        code.with(element);
      }
    };
  }

  private static CodeTransform paying(Runnable done) {
    return new CodeTransform() {
      @Override
      public void atStart(CodeBuilder code) {
        late(code.aload(0), "pay");
        done.run();
      }

      @Override
      public void accept(CodeBuilder code, CodeElement element) {
        code.with(element);
      }
    };
  }

  private static void late(CodeBuilder code, String method) {
    code.invokestatic(
        ClassDesc.of(PACKAGE + "LateFlush"),
        method,
        MethodTypeDesc.of(ConstantDescs.CD_void, ClassDesc.of(PACKAGE + "JournalFile")));
  }
}
