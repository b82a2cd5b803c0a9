package dev.jorb.cli;

import static dev.jorb.cli.Cli.demo;
import static dev.jorb.cli.Cli.jorb;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.report.StateGraph;
import dev.jorb.report.StateGraph.Edge;
import dev.jorb.report.StateGraph.Kind;
import dev.jorb.report.StateGraph.Node;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

class GraphVerbTest {
  private static final StateGraph HOSTILE =
      new StateGraph(
          List.of(
              new Node("a\"]; x [label=\"<script>alert(1)</script>", true, false, 1),
              new Node("b\u0001\n", false, true, 2)),
          List.of(
              new Edge(
                  "a\"]; x [label=\"<script>alert(1)</script>", "b\u0001\n", Kind.UNDECLARED, 3)));

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void runTheDemo() {
    demo(folder, "ok,fail");
    file = folder.resolve("demo.jorb");
  }

  @Test
  void tableHasTheWaysAndTheDifferences() {
    assertThat(jorb("graph", file).out())
        .containsPattern("new +work +2 +open")
        .containsPattern("work +done +1 +open")
        .endsWith("no job has come to state \"review\"\n");
  }

  @Test
  void programKnowsWhatItDeclares() {
    assertThat(demo(folder, "ok", "graph").out()).isEqualTo(jorb("graph", file).out());
  }

  @Test
  void jsonHasNodesEdgesAndDifferences() {
    var json = jorb("graph", file, "--json").json();

    assertThat(json.get("nodes")).hasSize(4);
    assertThat(json.get("edges").get(0).get("count").asInt()).isEqualTo(2);
    assertThat(json.get("differences")).hasSize(1);
  }

  @Test
  void dotIsQuoted() {
    assertThat(jorb("graph", file, "--dot").out())
        .startsWith("digraph run {\n")
        .contains("\"work\" -> \"done\" [label=\"1\"]");
    assertThat(GraphText.dot(HOSTILE)).contains("\"a\\\"]; x [label=\\\"<script>");
  }

  @Test
  void mermaidIsEscaped() {
    assertThat(jorb("graph", file, "--mermaid").out())
        .startsWith("flowchart LR\n")
        .contains("s0 -->|2| s1\n");
    assertThat(GraphText.mermaid(HOSTILE)).doesNotContain("<script", "\"]; x");
  }

  @Test
  void pictureIsWellFormedWhateverTheStatesAreCalled() throws Exception {
    Document picture =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(
                new ByteArrayInputStream(GraphText.svg(HOSTILE).getBytes(StandardCharsets.UTF_8)));

    assertThat(picture.getDocumentElement().getTagName()).isEqualTo("svg");
    assertThat(picture.getElementsByTagName("script").getLength()).isZero();
    assertThat(picture.getElementsByTagName("rect").getLength()).isEqualTo(2);
    assertThat(jorb("graph", file, "--svg").out()).startsWith("<svg");
  }
}
