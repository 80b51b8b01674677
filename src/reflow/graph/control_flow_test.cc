#include "reflow/graph/control_flow.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reflow/graph/test_ops.h"

namespace reflow::graph {
namespace {

using ::testing::ElementsAre;

// The true side of a cond on `pred`, entered.
class Branch {
 public:
  Branch(TestGraph& g, Endpoint pred, std::string_view name) : g_(g), saved_(g.scope()) {
    enter_name_scope(g, name);
    Node* pivot = g.make("Switch", {pred, pred});
    Node* identity = g.make("Identity", {pivot->output(1)}, {}, "switch_t");
    auto context = std::make_unique<CondContext>(g.scope().name_stack, g.scope().context, pred, identity, 1);
    context_ = context.get();
    g.own_context(std::move(context));
    g.scope().context = context_;
  }
  ~Branch() { g_.scope() = saved_; }
  CondContext* context() { return context_; }

 private:
  TestGraph& g_;
  GraphScope saved_;
  CondContext* context_;
};

TEST(CondContext, ValuesFromOutsideComeThroughOneSwitch) {
  TestGraph g;
  const Endpoint pred = g.source(DType::kBool, {}, "p"), x = g.source(DType::kFloat32, {}, "x");
  Branch branch(g, pred, "cond");
  const Node* add = g.make("TestAdd", {x, x}, {}, "add");
  const Node* way_in = add->input(0).node;
  EXPECT_EQ(way_in->name(), "cond/add/Switch");
  EXPECT_EQ(way_in->type(), "Switch");
  EXPECT_EQ(add->input(0).index, 1);
  EXPECT_EQ(add->input(1), add->input(0));
  EXPECT_THAT(way_in->colocation_groups(), ElementsAre("x"));
  EXPECT_EQ(g.make("TestCos", {x}, {}, "cos")->input(0), add->input(0));
  EXPECT_FALSE(g.is_fetchable(add));
  EXPECT_TRUE(g.is_feedable(way_in));
  EXPECT_EQ(g.scope().name_stack, "cond");
}

TEST(CondContext, PredicateNeedsNoSwitch) {
  TestGraph g;
  const Endpoint pred = g.source(DType::kBool, {}, "p");
  Branch branch(g, pred, "cond");
  EXPECT_EQ(g.make("TestNot", {pred})->input(0), pred);
}

TEST(CondContext, OpsWithoutInputsWaitForThePivot) {
  TestGraph g;
  Branch branch(g, g.source(DType::kBool), "cond");
  const Node* first = g.make("NoOp", {});
  EXPECT_THAT(first->control_inputs(), ElementsAre(branch.context()->pivot()));
  EXPECT_EQ(first->context(), branch.context());
}

TEST(CondContext, ReferencesKeepBeingReferences) {
  TestGraph g;
  const Endpoint v = g.variable({2});
  Branch branch(g, g.source(DType::kBool), "cond");
  const Endpoint value = g.source(DType::kFloat32, {2});
  const Node* assign = g.make("TestAssign", {v, value});
  EXPECT_EQ(assign->input(0).node->type(), "RefSwitch");
  EXPECT_THAT(assign->colocation_groups(), ElementsAre("v"));
}

TEST(CondContext, NestedBranchesPassValuesThroughBoth) {
  TestGraph g;
  const Endpoint p = g.source(DType::kBool, {}, "p"), q = g.source(DType::kBool, {}, "q"), x = g.source(DType::kFloat32, {}, "x");
  Branch outer(g, p, "cond");
  const Endpoint q_inside = *outer.context()->add_value(q);
  Branch inner(g, q_inside, "cond");
  const Node* cos = g.make("TestCos", {x});
  const Node* inner_switch = cos->input(0).node;
  const Node* outer_switch = inner_switch->input(0).node;
  EXPECT_EQ(inner_switch->input(1), q_inside);
  EXPECT_EQ(outer_switch->input(0), x);
  EXPECT_EQ(outer_switch->input(1), p);
}

TEST(CondContext, ResultFromOutsideIsSwitched) {
  TestGraph g;
  const Endpoint x = g.source();
  Branch branch(g, g.source(DType::kBool), "cond");
  const Endpoint result = *branch.context()->build_result(x);
  EXPECT_EQ(result.node->type(), "Switch");
  EXPECT_EQ(*branch.context()->build_result(x), result);
  const Endpoint inside = g.make("TestCos", {x})->output(0);
  EXPECT_EQ(*branch.context()->build_result(inside), inside);
}

}  // namespace
}  // namespace reflow::graph
