#include "reflow/graph/graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "reflow/graph/test_ops.h"

namespace reflow::graph {
namespace {

using ::testing::ElementsAre;

TEST(Graph, NamesAreUniqueWithoutRegardToCase) {
  Graph g;
  std::vector<std::string> names;
  for (const char* name : {"Const", "Const", "Const_1", "Const", "const", "CONST", "x_1", "x", "x", "x_1"}) names.push_back(g.unique_name(name));
  EXPECT_THAT(names, ElementsAre("Const", "Const_1", "Const_1_1", "Const_2", "const_3", "CONST_4", "x_1", "x", "x_2", "x_1_1"));
}

TEST(Graph, AskingForANameWithoutMarkingLeavesItFree) {
  Graph g;
  EXPECT_EQ(g.unique_name("y"), "y");
  EXPECT_EQ(g.unique_name("y", false), "y_1");
  EXPECT_EQ(g.unique_name("y", false), "y_1");
  EXPECT_EQ(g.unique_name("y"), "y_1");
}

TEST(Graph, NamesOfNodesCountInCopies) {
  TestGraph g;
  g.source(DType::kFloat32, {}, "A");
  const auto copy = g.copy();
  EXPECT_EQ(copy->unique_name("a"), "a_1");
}

TEST(Graph, EnteringAScopeAgainKeepsItsName) {
  Graph g;
  EXPECT_EQ(enter_name_scope(g, "a"), "a");
  EXPECT_EQ(g.unique_name("b"), "a/b");
  EXPECT_EQ(enter_name_scope(g, "c"), "a/c");
  EXPECT_EQ(enter_name_scope(g, "a/"), "a");
  EXPECT_EQ(g.unique_name("b"), "a/b_1");
  EXPECT_EQ(enter_name_scope(g, ""), "");
  EXPECT_EQ(enter_name_scope(g, "a"), "a_1");
}

TEST(Graph, ScopeNamesAreChecked) {
  Graph g;
  EXPECT_EQ(message_of(check_scope_name(g, "a b")), "'a b' is not a valid scope name");
  EXPECT_EQ(message_of(check_scope_name(g, "_a")), "'_a' is not a valid scope name");
  enter_name_scope(g, "outer");
  EXPECT_TRUE(check_scope_name(g, "_a").ok());
}

TEST(Graph, EveryThreadHasItsOwnScope) {
  Graph g;
  g.scope().name_stack = "here";
  std::string there = "unset";
  std::thread([&] { there = g.scope().name_stack; }).join();
  EXPECT_EQ(there, "");
  Graph other;
  EXPECT_EQ(other.scope().name_stack, "");
  EXPECT_EQ(g.scope().name_stack, "here");
}

TEST(Graph, EdgesAreKnownAtBothEnds) {
  TestGraph g;
  const Endpoint a = g.source(), b = g.source();
  Node* add = g.make("TestAdd", {a, a});
  EXPECT_EQ(a.node->consumers().size(), 2u);
  ASSERT_TRUE(g.set_input(add, 1, b).ok());
  EXPECT_EQ(a.node->consumers().size(), 1u);
  EXPECT_EQ(b.node->consumers()[0].input, 1);
  EXPECT_FALSE(g.set_input(add, 2, b).ok());
  EXPECT_FALSE(g.set_input(add, 0, {b.node, 1}).ok());
  g.replace_uses(a, b);
  EXPECT_TRUE(a.node->consumers().empty());
  EXPECT_EQ(add->input(0), b);
}

TEST(Graph, RemovedNodesLeaveNoTrace) {
  TestGraph g;
  const Endpoint a = g.source();
  Node* add = g.make("TestAdd", {a, a}, {}, "sum");
  Node* last = g.make("NoOp", {});
  g.add_control_input(last, add);
  g.add_control_input(last, add);
  EXPECT_EQ(last->control_inputs().size(), 1u);
  g.remove_control_input(last, add);
  g.remove_node(add);
  EXPECT_TRUE(a.node->consumers().empty());
  EXPECT_EQ(g.find("sum"), nullptr);
  EXPECT_EQ(g.num_nodes(), 2);
  EXPECT_EQ(g.nodes().size(), 2u);
}

TEST(Graph, RemovingAnInputMovesTheLaterOnes) {
  TestGraph g;
  const Endpoint a = g.source(), b = g.source(), c = g.source();
  Node* stack = g.make("TestStack", {std::vector<Endpoint>{a, b, c}});
  g.remove_input(stack, 1);
  EXPECT_EQ(stack->input(1), c);
  EXPECT_EQ(c.node->consumers()[0].input, 1);
  EXPECT_TRUE(b.node->consumers().empty());
}

TEST(Graph, CopyHasTheSameNodesAndEdges) {
  TestGraph g;
  const Endpoint a = g.source(DType::kFloat32, {2}, "a");
  Node* add = g.make("TestAdd", {a, a}, {}, "sum");
  Node* other = g.make("NoOp", {}, {}, "other");
  g.add_control_input(add, other);
  std::vector<Node*> mapping;
  Node* const keep[] = {add, a.node};
  const auto copy = g.copy(keep, &mapping);
  EXPECT_EQ(copy->num_nodes(), 2);
  Node* sum = copy->find("sum");
  ASSERT_NE(sum, nullptr);
  EXPECT_EQ(mapping[add->id()], sum);
  EXPECT_EQ(mapping[other->id()], nullptr);
  EXPECT_EQ(sum->input(0).node, copy->find("a"));
  EXPECT_TRUE(sum->control_inputs().empty());
  EXPECT_EQ(sum->output_shape(0), Shape({2}));
  EXPECT_EQ(copy->find("a")->consumers().size(), 2u);
}

TEST(Graph, FinalizedGraphTakesNoNodes) {
  TestGraph g;
  g.finalize();
  EXPECT_EQ(g.error("NoOp", {}), "Graph is finalized and cannot be modified.");
  g.unfinalize();
  EXPECT_EQ(g.error("NoOp", {}), "");
}

TEST(Graph, TakenNamesAreRefused) {
  TestGraph g;
  NodeSpec spec;
  spec.name = "n";
  spec.op = OpRegistry::global().find("NoOp");
  ASSERT_TRUE(g.add_node(spec).ok());
  EXPECT_EQ(g.add_node(spec).status().code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(g.num_nodes(), 1);
}

}  // namespace
}  // namespace reflow::graph
