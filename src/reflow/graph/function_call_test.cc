#include "reflow/graph/function_call.h"

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "reflow/graph/graph_def.h"
#include "reflow/graph/test_ops.h"
#include "tensorflow/core/framework/graph.pb.h"

namespace reflow::graph {
namespace {

constexpr char kFloat[] = "attr { key: 'T' value { type: DT_FLOAT } }";

std::string source(const std::string& name, const std::string& dims) {
  return "node { name: '" + name + "' op: 'Placeholder' attr { key: 'dtype' value { type: DT_FLOAT } } "
         "attr { key: 'shape' value { shape { " + dims + " } } } } ";
}
std::string call(const std::string& function, const std::string& attrs = "") {
  return "node { name: 'call' op: '" + function + "' input: 'a' input: 'b' " + attrs + " } ";
}
std::string body_node(const std::string& name, const std::string& op, const std::string& x, const std::string& y) {
  return "node_def { name: '" + name + "' op: '" + op + "' input: '" + x + "' input: '" + y + "' " + kFloat + " } ";
}
// A function of two floats.
std::string function(const std::string& name, const std::string& nodes, const std::string& result) {
  return "function { signature { name: '" + name + "' input_arg { name: 'x' type: DT_FLOAT } "
         "input_arg { name: 'y' type: DT_FLOAT } output_arg { name: 'z' type: DT_FLOAT } } "
         "ret { key: 'z' value: '" + result + "' } " + nodes + " } ";
}
const std::string kSources = source("a", "dim { size: 2 } dim { size: 3 }") + source("b", "dim { size: 3 } dim { size: 5 }");
const std::string kProduct = function("Product", body_node("p", "MatMul", "x", "y"), "p:product:0");

// The shape of node `call` once these nodes and functions are imported, or the error.
std::string imported(const std::string& functions, const std::string& nodes) {
  tensorflow::GraphDef def;
  if (!google::protobuf::TextFormat::ParseFromString(nodes + "library { " + functions + " }", &def)) throw std::runtime_error("bad test proto");
  TestGraph graph;
  const auto result = import_graph_def(def, {.return_elements = {"call:0"}}, &graph);
  return result.ok() ? result->return_endpoints[0].shape().str() : std::string(message_of(result.status()));
}

TEST(FunctionCall, ResultsHaveTheShapesOfTheBody) { EXPECT_EQ(imported(kProduct, kSources + call("Product")), "[2,5]"); }

TEST(FunctionCall, PartitionedCallsToo) {
  const std::string attrs = "attr { key: 'f' value { func { name: 'Product' } } } attr { key: 'Tin' value { list { type: DT_FLOAT type: DT_FLOAT } } } "
                            "attr { key: 'Tout' value { list { type: DT_FLOAT } } }";
  EXPECT_EQ(imported(kProduct, kSources + call("PartitionedCall", attrs)), "[2,5]");
}

TEST(FunctionCall, CallsWithinBodies) {
  const std::string inner = "node_def { name: 'c' op: 'Product' input: 'x' input: 'y' } ";
  EXPECT_EQ(imported(kProduct + function("Outer", inner, "c:z:0"), kSources + call("Outer")), "[2,5]");
}

TEST(FunctionCall, NothingIsKnownWhereInferenceIsDisabled) {
  const std::string disabled = "attr { key: '_disable_call_shape_inference' value { b: true } }";
  EXPECT_EQ(imported(kProduct, kSources + call("Product", disabled)), "<unknown>");
}

TEST(FunctionCall, WhatTheBodyDoesNotTakeIsAnError) {
  EXPECT_EQ(imported(function("Wrong", body_node("p", "MatMul", "x", "x"), "p:product:0"), kSources + call("Wrong")),
            "Dimensions must be equal, but are 3 and 2 for 'p' (op: 'MatMul') with input shapes: [2,3], [2,3].");
}

TEST(FunctionCall, BodiesWithACycleAreAnError) {
  const std::string nodes = body_node("p", "Add", "x", "q:z:0") + body_node("q", "Add", "p:z:0", "y");
  EXPECT_NE(imported(function("Cycle", nodes, "q:z:0"), kSources + call("Cycle")).find("nodes in a cycle"), std::string::npos);
  EXPECT_EQ(imported(function("Cycle", nodes, "q:z:0"), kSources + source("call", "dim { size: 7 }")), "[7]");  // nobody calls it
}

TEST(FunctionCall, UnknownInputsOfBodiesAreErrors) {
  EXPECT_EQ(imported(function("Lost", body_node("p", "MatMul", "x", "n:z:0"), "p:product:0"), kSources + call("Lost")),
            "input n:z:0 is not found: {{node p}}\n\tIn {{node p}}");
}

TEST(FunctionCall, FunctionsThatCallThemselves) {
  const std::string again = "node_def { name: 'c' op: 'Again' input: 'x' input: 'y' } ";
  EXPECT_EQ(imported(function("Again", again, "c:z:0"), kSources + call("Again")), "<unknown>");
}

// Each function calls the one before it twice, with shapes of its own.
TEST(FunctionCall, NotMoreBodiesThanAnyoneWouldWrite) {
  std::string functions = function("F0", body_node("p", "Add", "x", "y"), "p:z:0");
  for (int i = 1; i < 40; ++i) {
    const std::string before = "F" + std::to_string(i - 1);
    std::string nodes = "node_def { name: 'axis' op: 'Const' attr { key: 'dtype' value { type: DT_INT32 } } "
                        "attr { key: 'value' value { tensor { dtype: DT_INT32 tensor_shape {} int_val: 0 } } } } ";
    for (const std::string n : {"2", "3"}) {
      nodes += "node_def { name: 'c" + n + "' op: 'ConcatV2' " + (n == "2" ? "" : "input: 'y' ") + "input: 'x' input: 'x' "
               "input: 'axis:output:0' attr { key: 'N' value { i: " + n + " } } attr { key: 'Tidx' value { type: DT_INT32 } } " + kFloat + " } ";
      nodes += "node_def { name: 'f" + n + "' op: '" + before + "' input: 'c" + n + ":output:0' input: 'y' } ";
    }
    functions += function("F" + std::to_string(i), nodes + body_node("p", "Add", "f2:z:0", "y"), "p:z:0");
  }
  const std::string vectors = source("a", "dim { size: 1 }") + source("b", "dim { size: 1 }");
  EXPECT_EQ(imported(functions, vectors + call("F39")), "[549755813888]");
}

}  // namespace
}  // namespace reflow::graph
