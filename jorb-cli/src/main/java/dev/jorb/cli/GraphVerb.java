package dev.jorb.cli;

import dev.jorb.report.StateGraph;
import dev.jorb.report.StateGraph.Edge;
import dev.jorb.report.StateGraph.Node;
import dev.jorb.run.StateShape;
import dev.jorb.serial.RunFile;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Shows the states and the ways between them: declared, taken, and where the two differ.
@Command(
    name = "graph",
    description = "the states and the ways between them, declared and taken, and where they differ")
final class GraphVerb implements Callable<Integer> {
  private final Request request;
  private final Function<RunFile, List<StateShape>> declared;

  @ArgGroup private Form form = new Form();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUT",
      description = "writes it to a file")
  private @Nullable Path output;

  /// How it is drawn; a table if nothing is said.
  static final class Form {
    @Option(names = "--dot", description = "for Graphviz")
    private boolean dot;

    @Option(names = "--mermaid", description = "for Mermaid, in Markdown")
    private boolean mermaid;

    @Option(names = "--svg", description = "as a picture")
    private boolean svg;
  }

  /// @param declared what the workflow declares
  GraphVerb(Request request, Function<RunFile, List<StateShape>> declared) {
    this.request = request;
    this.declared = declared;
  }

  @Override
  public Integer call() throws IOException {
    RunFile file = request.read();
    StateGraph graph = StateGraph.of(declared.apply(file), file.run().jobs());
    if (output == null) {
      write(graph, request.out());
      return ExitCode.COMPLETE.code();
    }
    try (PrintStream out = new PrintStream(request.create(output), false, StandardCharsets.UTF_8)) {
      write(graph, out);
      if (out.checkError()) {
        throw new IOException(output + " could not be written to its end; make room, and again");
      }
    }
    return ExitCode.COMPLETE.code();
  }

  private void write(StateGraph graph, PrintStream out) {
    if (form.dot) {
      out.print(GraphText.dot(graph));
    } else if (form.mermaid) {
      out.print(GraphText.mermaid(graph));
    } else if (form.svg) {
      out.print(GraphText.svg(graph));
    } else if (request.isJson().getAsBoolean()) {
      JsonText.print(out, json(graph));
    } else {
      print(graph, out);
    }
  }

  static Map<String, Object> json(StateGraph graph) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("nodes", graph.nodes().stream().map(GraphVerb::json).toList());
    json.put("edges", graph.edges().stream().map(GraphVerb::json).toList());
    json.put("differences", graph.differences());
    return json;
  }

  private static Map<String, Object> json(Node node) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("state", node.state());
    json.put("declared", node.declared());
    json.put("terminal", node.terminal());
    json.put("jobs", node.jobs());
    return json;
  }

  private static Map<String, Object> json(Edge edge) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("from", edge.from());
    json.put("to", edge.to());
    json.put("kind", GraphText.word(edge.kind()));
    json.put("count", edge.count());
    return json;
  }

  private static void print(StateGraph graph, PrintStream out) {
    Table table = new Table();
    table.row("from", "to", "taken", "");
    for (Edge edge : graph.edges()) {
      table.row(edge.from(), edge.to(), edge.count(), GraphText.word(edge.kind()));
    }
    table.print(out);
    if (graph.edges().stream().anyMatch(edge -> edge.kind() == StateGraph.Kind.OPEN)) {
      out.println(
          "open: always allowed, or the state declares no ways; say them with next(…) to have others"
              + " noticed");
    }
    graph.differences().forEach(out::println);
  }
}
