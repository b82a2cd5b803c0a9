package dev.jorb.cli;

import dev.jorb.report.StateGraph;
import dev.jorb.report.StateGraph.Edge;
import dev.jorb.report.StateGraph.Kind;
import dev.jorb.report.StateGraph.Node;
import java.io.StringWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/// Draws a graph of states in the languages of other tools, and as a picture.
final class GraphText {
  private static final int ROW = 64;
  private static final int BOX_HEIGHT = 36;

  private GraphText() {}

  static String word(Kind kind) {
    return switch (kind) {
      case DECLARED -> "declared";
      case ON_FAILURE -> "on failure";
      case OPEN -> "open";
      case UNDECLARED -> "not declared";
    };
  }

  /// For Graphviz.
  static String dot(StateGraph graph) {
    StringBuilder text = new StringBuilder("digraph run {\n  rankdir=LR;\n  node [shape=box];\n");
    for (Node node : graph.nodes()) {
      text.append("  ").append(quoted(node.state())).append(" [label=");
      text.append(quoted(node.state() + "\n" + node.jobs()));
      text.append(node.terminal() ? ",peripheries=2" : "");
      text.append(node.declared() ? "];\n" : ",color=red];\n");
    }
    for (Edge edge : graph.edges()) {
      text.append("  ").append(quoted(edge.from())).append(" -> ").append(quoted(edge.to()));
      text.append(" [label=").append(quoted(Long.toString(edge.count()))).append(style(edge));
      text.append("];\n");
    }
    return text.append("}\n").toString();
  }

  private static String style(Edge edge) {
    return switch (edge.kind()) {
      case UNDECLARED -> ",color=red";
      case ON_FAILURE -> edge.count() == 0 ? ",style=dotted,color=orange" : ",color=orange";
      case DECLARED, OPEN -> edge.count() == 0 ? ",style=dotted" : "";
    };
  }

  private static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
  }

  /// For Mermaid; states get short names, because theirs may be anything.
  static String mermaid(StateGraph graph) {
    Map<String, String> names = new HashMap<>();
    StringBuilder text = new StringBuilder("flowchart LR\n");
    for (Node node : graph.nodes()) {
      String name = "s" + names.size();
      names.put(node.state(), name);
      String label = "\"" + escaped(node.state()) + "<br>" + node.jobs() + "\"";
      text.append("  ").append(name);
      text.append(node.terminal() ? "([" + label + "])\n" : "[" + label + "]\n");
    }
    for (Edge edge : graph.edges()) {
      text.append("  ").append(names.get(edge.from()));
      text.append(edge.count() == 0 ? " -.->|" : " -->|");
      text.append(edge.count()).append(edge.kind() == Kind.UNDECLARED ? " not declared" : "");
      text.append("| ").append(names.get(edge.to())).append('\n');
    }
    return text.toString();
  }

  /// Mermaid reads entities, by number too, so everything but letters and digits becomes one.
  private static String escaped(String text) {
    StringBuilder escaped = new StringBuilder();
    text.codePoints()
        .forEach(c -> {
          if (Character.isLetterOrDigit(c) || c == ' ' || c == '-' || c == '_') {
            escaped.appendCodePoint(c);
          } else {
            escaped.append("#").append(c).append(";");
          }
        });
    return escaped.toString();
  }

  /// As a picture: the states in a column, ways forward on the right, ways back on the left.
  static String svg(StateGraph graph) {
    StringWriter text = new StringWriter();
    try {
      XMLStreamWriter svg = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
      new Picture(svg, graph).draw();
      svg.close();
    } catch (XMLStreamException e) {
      throw new IllegalStateException("a string writer failed", e);
    }
    return text + "\n";
  }

  /// One picture while it is drawn.
  private static final class Picture {
    private final XMLStreamWriter svg;
    private final StateGraph graph;
    private final List<String> states;
    private final int boxWidth;
    private final int left;

    Picture(XMLStreamWriter svg, StateGraph graph) {
      this.svg = svg;
      this.graph = graph;
      this.states = graph.nodes().stream().map(Node::state).toList();
      int longest = states.stream().mapToInt(String::length).max().orElse(0);
      this.boxWidth = 60 + 8 * Math.min(longest, 40);
      this.left = 40 + 22 * states.size();
    }

    void draw() throws XMLStreamException {
      int width = 2 * left + boxWidth;
      int height = ROW * states.size() + 20;
      svg.writeStartElement("svg");
      svg.writeDefaultNamespace("http://www.w3.org/2000/svg");
      attributes("viewBox", "0 0 " + width + " " + height, "width", width, "height", height);
      attributes("font-family", "sans-serif", "font-size", 13, "fill", "#333");
      for (Edge edge : graph.edges()) {
        draw(edge);
      }
      for (int i = 0; i < states.size(); i++) {
        draw(graph.nodes().get(i), 10 + i * ROW);
      }
      svg.writeEndElement();
    }

    private void draw(Node node, int y) throws XMLStreamException {
      svg.writeEmptyElement("rect");
      attributes("x", left, "y", y, "width", boxWidth, "height", BOX_HEIGHT);
      attributes("rx", node.terminal() ? 18 : 4, "fill", node.terminal() ? "#e6f4ea" : "#eef3fb");
      attributes("stroke", node.declared() ? "#5577aa" : "#c0392b");
      String state = Text.headline(node.state(), 40);
      text(left + boxWidth / 2, y + 23, "middle", "#222", state + " · " + node.jobs());
    }

    private void draw(Edge edge) throws XMLStreamException {
      int from = states.indexOf(edge.from());
      int to = states.indexOf(edge.to());
      boolean isForward = to > from;
      int x = isForward ? left + boxWidth : left;
      int bulge = (isForward ? 1 : -1) * (22 + 20 * Math.abs(to - from));
      int y1 = 10 + from * ROW + (isForward ? 26 : 10);
      int y2 = 10 + to * ROW + (isForward ? 10 : 26);
      String colour = colour(edge.kind());
      svg.writeEmptyElement("path");
      attributes(
          "d", "M%d %d C%d %d %d %d %d %d".formatted(x, y1, x + bulge, y1, x + bulge, y2, x, y2));
      attributes("fill", "none", "stroke", colour);
      if (edge.count() == 0) {
        attributes("stroke-dasharray", "4 4");
      }
      svg.writeEmptyElement("path");
      int way = isForward ? 8 : -8;
      attributes("d", "M%d %d l%d -4 l0 8 z".formatted(x, y2, way), "fill", colour);
      String anchor = isForward ? "start" : "end";
      text(
          x + bulge * 3 / 4 + (isForward ? 4 : -4),
          (y1 + y2) / 2 + 4,
          anchor,
          colour,
          Long.toString(edge.count()));
    }

    private static String colour(Kind kind) {
      return switch (kind) {
        case DECLARED, OPEN -> "#5577aa";
        case ON_FAILURE -> "#d08000";
        case UNDECLARED -> "#c0392b";
      };
    }

    private void text(int x, int y, String anchor, String colour, String text)
        throws XMLStreamException {
      svg.writeStartElement("text");
      attributes("x", x, "y", y, "text-anchor", anchor, "fill", colour);
      svg.writeCharacters(JsonText.printable(text));
      svg.writeEndElement();
    }

    private void attributes(Object... namesAndValues) throws XMLStreamException {
      for (int i = 0; i < namesAndValues.length; i += 2) {
        svg.writeAttribute(
            namesAndValues[i].toString(), JsonText.printable(namesAndValues[i + 1].toString()));
      }
    }
  }
}
