#include "reflow/graph/dot.h"

#include <gtest/gtest.h>

namespace reflow::graph {
namespace {

TEST(Dot, ShowsNodesAndBothKindsOfEdges) {
  static const OpDef kSource{.name = "Source"}, kSink{.name = "Sink"};
  Graph graph;
  Node* a = *graph.add_node({.name = "a", .op = &kSource, .output_types = {DType::kFloat32}});
  Node* b = *graph.add_node({.name = "b\"", .op = &kSink, .inputs = {a->output(0)}});
  ASSERT_TRUE(graph.add_node({.name = "c", .op = &kSink, .control_inputs = {b}}).ok());
  a->set_output_shape(0, {2, -1});
  EXPECT_EQ(dot_text(graph),
            "digraph graph_of_ops {\n  node [shape=box, fontsize=10];\n"
            "  n0 [label=\"a\\nSource\\nfloat32 [2,?]\"];\n"
            "  n1 [label=\"b\\\"\\nSink\"];\n  n0 -> n1;\n"
            "  n2 [label=\"c\\nSink\"];\n  n1 -> n2 [style=dashed];\n}\n");
}

}  // namespace
}  // namespace reflow::graph
