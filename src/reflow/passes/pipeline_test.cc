#include <algorithm>

#include "reflow/passes/graph_fixture_test.h"

namespace reflow::passes {
namespace {

using Pipeline = GraphFixture;

TEST_F(Pipeline, DisabledPassesDoNotRun) {
  context_.graph = &graph_;
  const Endpoint y = op("Neg", {op("Identity", {scalar(1)})});
  fetch(y);
  ASSERT_TRUE(run_pipeline(context_, {"all"}).ok());
  EXPECT_EQ(graph_.num_nodes(), 4);
  ASSERT_TRUE(run_pipeline(context_, {"identity_removal", "constant_folding"}).ok());
  EXPECT_EQ(count("Identity"), 1);
  ASSERT_TRUE(run_pipeline(context_, {}).ok());
  EXPECT_EQ(graph_.num_nodes(), 2);
}

TEST_F(Pipeline, NamesAreUnique) {
  std::set<std::string_view> names;
  for (const Pass& pass : pipeline()) EXPECT_TRUE(names.insert(pass.name).second) << pass.name;
}

TEST_F(Pipeline, VerifyNamesTheNodeWhoseInputHasAnotherType) {
  const Endpoint x = feed({2}, DType::kInt32);
  Node* neg = node("Neg", {feed({2})}, {}, "negation");
  ASSERT_TRUE(graph_.set_input(neg, 0, x).ok());
  const Status status = verify(graph_);
  EXPECT_EQ(message_of(status), "Input 0 of node 'negation' (Neg) has type int32, not float32");
}

TEST_F(Pipeline, VerifyFindsCycles) {
  Node* a = node("Neg", {feed({2})});
  Node* b = node("Neg", {a->output(0)});
  ASSERT_TRUE(graph_.set_input(a, 0, b->output(0)).ok());
  EXPECT_EQ(message_of(verify(graph_)), "2 nodes are in a cycle");
}

}  // namespace
}  // namespace reflow::passes
