#include "reflow/graph/later_attributes.h"

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "reflow/graph/graph_def.h"
#include "reflow/graph/test_ops.h"
#include "tensorflow/core/framework/graph.pb.h"

namespace reflow::graph {
namespace {

constexpr char kVariable[] = "attr { key: 'dtype' value { type: DT_FLOAT } } attr { key: 'shape' value { shape {} } } ";

// Imports a node of this op into `graph`.
Status import_node(TestGraph& graph, const std::string& op, const std::string& attrs) {
  tensorflow::GraphDef def;
  if (!google::protobuf::TextFormat::ParseFromString("node { name: 'n' op: '" + op + "' " + attrs + "}", &def)) {
    throw std::runtime_error("bad test proto");
  }
  return import_graph_def(def, {}, &graph).status();
}

TEST(LaterAttributes, AreLeftOutWhereTheyChangeNothing) {
  TestGraph graph;
  const Status status = import_node(graph, "VarHandleOp", std::string(kVariable) + "attr { key: 'debug_name' value { s: 'b/' } } "
                                                          "attr { key: 'allowed_devices' value { list {} } } ");
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(graph.find("import/n")->find_attr("debug_name"), nullptr);
}

TEST(LaterAttributes, OtherValuesAreErrors) {
  TestGraph graph;
  const Status status = import_node(graph, "VarHandleOp", std::string(kVariable) + "attr { key: 'allowed_devices' value { list { s: 'GPU' } } } ");
  EXPECT_NE(message_of(status).find("NodeDef mentions attr 'allowed_devices' not in Op<name=VarHandleOp"), std::string::npos) << status;
}

TEST(LaterAttributes, BelongToTheirOps) {
  EXPECT_TRUE(changes_nothing("MatMul", "grad_a", false));
  EXPECT_TRUE(changes_nothing("AssignVariableOp", "validate_shape", true));
  EXPECT_TRUE(changes_nothing("NotEqual", "incompatible_shape_error", true));
  EXPECT_FALSE(changes_nothing("NotEqual", "incompatible_shape_error", false));
  EXPECT_TRUE(changes_nothing("MaxPool", "explicit_paddings", EmptyList{}));
  EXPECT_FALSE(changes_nothing("NoOp", "axis", -1));
}

}  // namespace
}  // namespace reflow::graph
