#include <algorithm>

#include "reflow/passes/graph_fixture_test.h"
#include "reflow/passes/passes.h"

namespace reflow::passes {
namespace {

// A loop that pushes, and one that pops, as gradients make them: each has a counter.
class UnreadStacks : public GraphFixture {
 protected:
  UnreadStacks() : pushing_(loop("forward")), popping_(loop("backward")) {
    stack_ = op("StackV2", {constant(Tensor::scalar(int32_t{-1}))}, {{"elem_type", DType::kFloat32}});
    fetch(node("Exit", {pushing_.choice->output(0)})->output(0));
    fetch(node("Exit", {popping_.choice->output(0)})->output(0));
  }
  struct Loop {
    std::string frame;
    Node *choice, *index, *next;
  };
  Loop loop(const std::string& frame) {
    Loop made{frame, nullptr, nullptr, nullptr};
    const Endpoint start = op("Enter", {scalar(0)}, {{"frame_name", frame}}), merge = list_op("Merge", {start, start});
    made.choice = node("Switch", {merge, op("LoopCond", {op("Less", {merge, scalar(10)})})});
    made.index = node("Identity", {made.choice->output(1)});
    made.next = node("NextIteration", {op("Square", {made.index->output(0)})});
    EXPECT_TRUE(graph_.set_input(merge.node, 1, made.next->output(0)).ok());
    return made;
  }
  Endpoint entered(const Endpoint& e, const Loop& loop) {
    return op("Enter", {e}, {{"frame_name", loop.frame}, {"is_constant", true}});
  }
  Node* push(const Endpoint& value, Node* waits_for) {
    Node* made = node("StackPushV2", {entered(stack_, pushing_), value}, {}, "", {waits_for});
    graph_.add_control_input(pushing_.next, made);
    return made;
  }
  Endpoint pop() {
    Node* made = node("StackPopV2", {entered(stack_, popping_)}, {{"elem_type", DType::kFloat32}}, "", {popping_.index});
    trigger_ = node("ControlTrigger", {}, {}, "", {made});
    graph_.add_control_input(popping_.next, trigger_);
    return made->output(0);
  }
  int count_stacks() const { return count("StackV2") + count("StackPushV2") + count("StackPopV2"); }
  bool waits(const Node* node, const Node* source) const {
    return std::ranges::find(node->control_inputs(), source) != node->control_inputs().end();
  }

  Loop pushing_, popping_;
  Endpoint stack_;
  Node* trigger_ = nullptr;
};

TEST_F(UnreadStacks, Go) {
  const Endpoint value = op("Exp", {entered(feed({3}), pushing_)});
  push(value, pushing_.index);
  pop();
  run(drop_unread_stacks);
  EXPECT_EQ(count_stacks(), 0);
  EXPECT_EQ(count("Exp"), 0);
  EXPECT_EQ(count("Enter"), 3);  // of the counters, and of what was pushed
  EXPECT_TRUE(waits(trigger_, popping_.index));
}

TEST_F(UnreadStacks, WhatIsReadStays) {
  push(op("Exp", {entered(feed({3}), pushing_)}), pushing_.index);
  fetch(op("Exit", {op("Neg", {pop()})}));
  run(drop_unread_stacks);
  EXPECT_EQ(count_stacks(), 3);
}

TEST_F(UnreadStacks, ConstantsAreReadWhereTheyArePopped) {
  Node* constant = node("Const", {}, {{"dtype", DType::kFloat32}, {"value", Tensor::scalar(2.0f)}}, "", {pushing_.index});
  push(constant->output(0), pushing_.index);
  const Endpoint twice = op("Mul", {popping_.index->output(0), pop()});
  fetch(op("Exit", {twice}));
  run(drop_unread_stacks);
  EXPECT_EQ(count_stacks(), 0);
  const Node* read = twice.node->input(1).node;
  ASSERT_EQ(read->type(), "Const");
  EXPECT_EQ(read->find_attr("value")->get<Tensor>()->item<float>(), 2);
  EXPECT_EQ(read->output_shape(0), Shape());
  EXPECT_TRUE(waits(read, popping_.index));
}

TEST_F(UnreadStacks, WhatElseWasPushedStays) {
  Node* constant = node("Const", {}, {{"dtype", DType::kFloat32}, {"value", Tensor::scalar(2.0f)}}, "", {pushing_.index});
  push(constant->output(0), pushing_.index);
  push(op("Exp", {entered(feed({}), pushing_)}), pushing_.index);
  fetch(op("Exit", {op("Neg", {pop()})}));
  run(drop_unread_stacks);
  EXPECT_EQ(count_stacks(), 4);
}

TEST_F(UnreadStacks, EffectsAreStillWaitedFor) {
  const Endpoint random = op("RandomUniform", {entered(feed({1}, DType::kInt32), pushing_)}, {{"dtype", DType::kFloat32}});
  push(random, pushing_.index);
  pop();
  run(drop_unread_stacks);
  EXPECT_EQ(count_stacks(), 0);
  EXPECT_TRUE(waits(pushing_.next, random.node));
}

TEST_F(UnreadStacks, OfABranchStay) {
  Node* branch = node("Switch", {entered(feed({3}), pushing_), entered(feed({}, DType::kBool), pushing_)});
  push(op("Exp", {branch->output(1)}), pushing_.index);
  pop();
  run(drop_unread_stacks);
  EXPECT_EQ(count_stacks(), 3);
}

TEST_F(UnreadStacks, ThatAreClosedStay) {
  push(op("Exp", {entered(feed({3}), pushing_)}), pushing_.index);
  pop();
  target(node("StackCloseV2", {stack_}));
  run(drop_unread_stacks);
  EXPECT_EQ(count_stacks(), 3);
}

}  // namespace
}  // namespace reflow::passes
