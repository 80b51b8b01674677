#include "reflow/tools/graph_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tensorflow/core/framework/graph.pb.h"

namespace reflow::tools {
namespace {

using testing::HasSubstr;

constexpr char kGraph[] = R"(
node { name: "x" op: "Placeholder"
       attr { key: "dtype" value { type: DT_FLOAT } }
       attr { key: "shape" value { shape { dim { size: -1 } dim { size: 3 } } } } }
node { name: "w" op: "VariableV2"
       attr { key: "dtype" value { type: DT_FLOAT } }
       attr { key: "shape" value { shape { dim { size: 3 } dim { size: 2 } } } }
       attr { key: "container" value { s: "" } } attr { key: "shared_name" value { s: "" } } }
node { name: "y" op: "MatMul" input: "x" input: "w" attr { key: "T" value { type: DT_FLOAT } } }
node { name: "z" op: "NoOp" input: "^y" device: "/cpu:0" }
node { name: "z2" op: "NoOp" }
versions { producer: 134 }
)";

std::string written(const std::string& name, const std::string& content) {
  const std::string file = testing::TempDir() + "graph_command_" + name;
  std::ofstream(file, std::ios::binary) << content;
  return file;
}

TEST(GraphCommand, CountsOpsAndNamesInputsAndVariables) {
  const std::string file = written("summary.pbtxt", kGraph);
  const auto text = show_graph(file, {});
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_EQ(*text, file +
                       ": 5 nodes, 0 functions, GraphDef version 134\n"
                       "\nOps: 4\n     2  NoOp\n     1  MatMul\n     1  Placeholder\n     1  VariableV2\n"
                       "\nInputs: 1\n  x  float32 [?,3]\n\nVariables: 1\n  w  float32 [3,2]\n");
}

TEST(GraphCommand, WritesJson) {
  const auto text = show_graph(written("json.pbtxt", kGraph), {.nodes = true, .json = true});
  ASSERT_TRUE(text.ok()) << text.status();
  const auto json = nlohmann::json::parse(*text);
  EXPECT_EQ(json["nodes"], 5);
  EXPECT_EQ(json["ops"][0], nlohmann::json::parse(R"({"op": "NoOp", "count": 2, "known": true})"));
  EXPECT_EQ(json["inputs"][0], nlohmann::json::parse(R"({"name": "x", "type": "float32 [?,3]"})"));
  EXPECT_EQ(json["all_nodes"][3],
            nlohmann::json::parse(R"({"name": "z", "op": "NoOp", "inputs": ["^y"], "device": "/cpu:0"})"));
}

TEST(GraphCommand, ReadsBinaryFilesToo) {
  tensorflow::GraphDef proto;
  proto.add_node()->set_name("n");
  proto.mutable_node(0)->set_op("NoOp");
  const auto text = show_graph(written("binary.pb", proto.SerializeAsString()), {});
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_THAT(*text, HasSubstr(": 1 nodes"));
}

TEST(GraphCommand, ListsNodesWhenAsked) {
  const auto text = show_graph(written("nodes.pbtxt", kGraph), {.nodes = true});
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_THAT(*text, HasSubstr("\nAll nodes:\n  x = Placeholder()\n  w = VariableV2()\n  y = MatMul(x, w)\n"
                               "  z = NoOp(^y) on /cpu:0\n"));
}

TEST(GraphCommand, WritesADrawing) {
  const std::string dot = testing::TempDir() + "graph_command_drawing.dot";
  const auto text = show_graph(written("drawing.pbtxt", kGraph), {.dot_file = dot});
  ASSERT_TRUE(text.ok()) << text.status();
  std::stringstream drawing;
  drawing << std::ifstream(dot).rdbuf();
  EXPECT_THAT(drawing.str(), HasSubstr("digraph"));
  EXPECT_THAT(drawing.str(), HasSubstr("y\\nMatMul\\nfloat32 [?,2]"));
}

TEST(GraphCommand, AnUnknownOpIsCountedButCannotBeDrawn) {
  const std::string file = written("unknown.pbtxt", "node { name: 'a' op: 'Whatever' }");
  const auto text = show_graph(file, {});
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_THAT(*text, HasSubstr("     1  Whatever  (not in Reflow)\n"));
  EXPECT_FALSE(show_graph(file, {.dot_file = testing::TempDir() + "graph_command_never.dot"}).ok());
  EXPECT_FALSE(std::ifstream(testing::TempDir() + "graph_command_never.dot").good());
}

TEST(GraphCommand, FilesThatAreNoGraphsAreErrors) {
  EXPECT_EQ(show_graph(testing::TempDir() + "no_such_file.pb", {}).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(show_graph(written("garbage.pb", "neither { nor"), {}).status().code(), StatusCode::kDataLoss);
}

}  // namespace
}  // namespace reflow::tools
