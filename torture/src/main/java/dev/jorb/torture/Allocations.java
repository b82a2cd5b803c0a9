package dev.jorb.torture;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.NewMultiArrayInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.classfile.instruction.NewPrimitiveArrayInstruction;
import java.lang.classfile.instruction.NewReferenceArrayInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;

/// The places where the journal and the engine allocate, each of which can run out of memory at a
/// chosen time.
///
/// A place is an instruction that makes an object or an array, a concatenation or a lambda, or a
/// call that copies an array or grows a collection. Initializers of classes are left out: a class
/// whose initializer fails once is gone for the process.
///
/// Static, because altered code calls it; one row at a time uses it. Thread-safe.
public final class Allocations {
  private static final ClassDesc HERE = ClassDesc.of("dev.jorb.torture.Allocations");
  private static final MethodTypeDesc AT =
      MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_int);
  private static final int MOST_PLACES = 1 << 14;
  private static final Set<String> GROWING =
      Set.of("add", "addLast", "put", "putIfAbsent", "computeIfAbsent", "merge", "addAll", "offer");
  private static final Set<String> COPYING =
      Set.of("copyOf", "copyOfRange", "clone", "toArray", "toList", "getBytes", "toString");

  private static final List<String> PLACES = new ArrayList<>();
  private static final AtomicIntegerArray HITS = new AtomicIntegerArray(MOST_PLACES);
  private static volatile int failingPlace = -1;
  private static volatile int failingHit;
  private static volatile boolean fired;

  private Allocations() {}

  /// Called by altered code before it allocates.
  public static void at(int place) {
    int hit = HITS.incrementAndGet(place);
    if (place == failingPlace && hit == failingHit) {
      fired = true;
      throw new OutOfMemoryError("planted");
    }
  }

  /// Whether memory has run out since [#arm].
  public static boolean hasFired() {
    return fired;
  }

  /// At its `hit`-th pass from now on the place runs out of memory, once.
  static void arm(int place, int hit) {
    reset();
    failingHit = hit;
    failingPlace = place;
  }

  static void reset() {
    failingPlace = -1;
    fired = false;
    for (int i = 0; i < MOST_PLACES; i++) {
      HITS.set(i, 0);
    }
  }

  static int hits(int place) {
    return HITS.get(place);
  }

  static int count() {
    synchronized (PLACES) {
      return PLACES.size();
    }
  }

  static String name(int place) {
    synchronized (PLACES) {
      return PLACES.get(place);
    }
  }

  /// Has the code of the journal and of the engine call [#at].
  static byte[] alter(String className, byte[] classFile) {
    if (!className.startsWith("dev.jorb.serial.") && !className.startsWith("dev.jorb.engine.")) {
      return classFile;
    }
    ClassFile file = ClassFile.of();
    ClassModel model = file.parse(classFile);
    return file.transformClass(
        model,
        (builder, element) -> {
          if (element instanceof MethodModel method
              && method.code().isPresent()
              && !method.methodName().equalsString("<clinit>")) {
            String name = className + "." + method.methodName().stringValue();
            builder.transformMethod(method, MethodTransform.transformingCode(counting(name)));
          } else {
            builder.with(element);
          }
        });
  }

  private static CodeTransform counting(String method) {
    return (CodeBuilder code, CodeElement element) -> {
      String what = allocates(element);
      if (what != null) {
        code.loadConstant(place(method + ": " + what)).invokestatic(HERE, "at", AT);
      }
      code.with(element);
    };
  }

  private static int place(String name) {
    synchronized (PLACES) {
      if (PLACES.size() == MOST_PLACES) {
        throw new IllegalStateException("more than " + MOST_PLACES + " places");
      }
      PLACES.add(name);
      return PLACES.size() - 1;
    }
  }

  private static @Nullable String allocates(CodeElement element) {
    return switch (element) {
      case NewObjectInstruction made -> "new " + made.className().asInternalName();
      case NewPrimitiveArrayInstruction made -> "new " + made.typeKind() + "[]";
      case NewReferenceArrayInstruction made ->
          "new " + made.componentType().asInternalName() + "[]";
      case NewMultiArrayInstruction made -> "new " + made.arrayType().asInternalName();
      case InvokeDynamicInstruction made -> "a " + made.name().stringValue();
      case InvokeInstruction call when copiesOrGrows(call) ->
          call.owner().asInternalName() + "." + call.name().stringValue();
      default -> null;
    };
  }

  private static boolean copiesOrGrows(InvokeInstruction call) {
    String name = call.name().stringValue();
    String owner = call.owner().asInternalName();
    return COPYING.contains(name)
        || (GROWING.contains(name)
            && owner.startsWith("java/util/")
            && !owner.startsWith("java/util/concurrent/atomic/"));
  }
}
