#include <cmath>

#include "reflow/passes/graph_fixture_test.h"
#include "reflow/passes/passes.h"

namespace reflow::passes {
namespace {

class Fusion : public GraphFixture {
 protected:
  Node* only(std::string_view type) {
    Node* found = nullptr;
    for (Node* node : graph_.nodes()) {
      if (node->type() != type) continue;
      if (found != nullptr) ADD_FAILURE() << "several nodes are " << type;
      found = node;
    }
    if (found == nullptr) ADD_FAILURE() << "no node is " << type;
    return found;
  }
  size_t steps(const Node* node) {
    const auto code = node->attr<std::vector<int64_t>>("code");
    return code.ok() ? code->size() / 3 : 0;
  }
};

TEST_F(Fusion, ChainBecomesOneNode) {
  const Endpoint x = feed({-1, 500});
  Endpoint y = op("Mul", {x, scalar(1.5f)});
  y = op("Relu", {op("AddV2", {y, scalar(0.25f)})});
  Node* result = fetch(op("Neg", {y}));
  run(fuse_elementwise);
  Node* fused = only("_FusedElementwise");
  EXPECT_EQ(result->input(0), fused->output(0));
  EXPECT_EQ(steps(fused), 4u);
  EXPECT_EQ(fused->output_shape(0), (Shape{-1, 500}));
  EXPECT_EQ(fused->num_inputs(), 1);  // constants are in the program
}

TEST_F(Fusion, ValuesThatOthersReadAreResults) {
  const Endpoint x = feed({100, 10});
  const Endpoint a = op("Exp", {x}), b = op("Neg", {a});
  Node* reads_a = fetch(a);
  Node* reads_b = fetch(b);
  run(fuse_elementwise);
  EXPECT_EQ(reads_a->input(0).node, only("_FusedElementwise"));
  EXPECT_NE(reads_a->input(0), reads_b->input(0));
  EXPECT_EQ(only("_FusedElementwise")->num_outputs(), 2);
}

// What is computed in one branch has nothing to do with the other, which doesn't run.
TEST_F(Fusion, BranchesAreFusedEachForItself) {
  Node* choice = node("Switch", {feed({100, 10}), feed({}, DType::kBool)});
  std::vector<Endpoint> results;
  for (int branch = 0; branch < 2; ++branch) results.push_back(op("Exp", {op("Neg", {choice->output(branch)})}));
  const Endpoint merged = list_op("Merge", results);
  fetch(op("Square", {op("Neg", {merged})}));
  run(fuse_elementwise);
  EXPECT_EQ(count("_FusedElementwise"), 3);
  EXPECT_EQ(count("Exp") + count("Neg") + count("Square"), 0);
}

TEST_F(Fusion, NothingLeavesItsBranch) {
  const Endpoint x = feed({100, 10});
  Node* choice = node("Switch", {x, feed({}, DType::kBool)});
  const Endpoint taken = op("Exp", {choice->output(1)});
  fetch(list_op("Merge", {choice->output(0), op("Mul", {taken, op("Neg", {x})})}));
  run(fuse_elementwise);
  EXPECT_EQ(steps(only("_FusedElementwise")), 2u);  // exp and the product
  EXPECT_EQ(count("Neg"), 1);                       // which always runs
}

// The body of a loop is fused; what comes before and after it isn't part of that.
TEST_F(Fusion, BodiesOfLoopsAreFused) {
  const Endpoint start = op("Enter", {op("Neg", {feed({100, 10})})}, {{"frame_name", "loop"}});
  const Endpoint factor = op("Enter", {feed({100, 10})}, {{"frame_name", "loop"}, {"is_constant", true}});
  for (const Endpoint& e : {start, factor}) e.node->set_output_shape(0, {100, 10});  // as while_loop says
  const Endpoint merged = list_op("Merge", {start, start});
  const Endpoint sum = op("Sum", {merged, constant(Tensor::vector<int32_t>({0, 1}))});
  const Endpoint goes_on = op("LoopCond", {op("Less", {sum, scalar(10)})});
  Node* choice = node("Switch", {merged, goes_on});
  const Endpoint next = op("NextIteration", {op("Mul", {op("Exp", {choice->output(1)}), factor})});
  ASSERT_TRUE(graph_.set_input(merged.node, 1, next).ok());
  fetch(op("Neg", {op("Exit", {choice->output(0)})}));
  run(fuse_elementwise);
  EXPECT_EQ(next.node->input(0).node->type(), "_FusedElementwise");
  EXPECT_EQ(count("Neg"), 2);
  EXPECT_EQ(count("Exp") + count("Mul"), 0);
}

TEST_F(Fusion, ConstantsThatWaitAreWaitedFor) {
  const Endpoint x = feed({100, 10});
  Node* before = node("NoOp", {});
  Node* two = node("Const", {}, {{"dtype", DType::kFloat32}, {"value", Tensor::scalar(2.0f)}}, "", {before});
  fetch(op("Exp", {op("Mul", {x, two->output(0)})}));
  run(fuse_elementwise);
  const Node* fused = only("_FusedElementwise");
  EXPECT_EQ(fused->num_inputs(), 1);
  ASSERT_EQ(fused->control_inputs().size(), 1u);
  EXPECT_EQ(fused->control_inputs()[0], before);
}

// exp feeds the product and, through a sum, the division: fusing all three would make a cycle.
TEST_F(Fusion, NoPathLeavesAGroupAndComesBack) {
  const Endpoint x = feed({100, 10});
  const Endpoint e = op("Exp", {x}), n = op("Neg", {e});
  const Endpoint sum = op("Sum", {n, constant(Tensor::vector<int32_t>({1}))}, {{"keep_dims", true}});
  fetch(op("RealDiv", {op("Square", {n}), sum}));
  run(fuse_elementwise);
  EXPECT_LE(count("_FusedElementwise"), 2);
  EXPECT_EQ(count("Sum"), 1);
}

// One chain is there first; what it is added to isn't, and has to do with the chain in nothing else.
TEST_F(Fusion, BranchesThatMeetAreOne) {
  const Endpoint x = feed({100, 10}), y = feed({100, 10});
  const Endpoint a = op("Exp", {x}), b = op("Tanh", {op("Sigmoid", {y})});
  fetch(op("Mul", {op("Neg", {a}), b}));
  run(fuse_elementwise);
  EXPECT_EQ(steps(only("_FusedElementwise")), 5u);
}

// What a chain is multiplied by comes of another op, which reads what is known early.
TEST_F(Fusion, WhatIsKnownEarlyIsFusedFirst) {
  const Endpoint x = feed({100, 10}), y = feed({100, 10});
  const Endpoint late = op("MatMul", {op("Softmax", {x}), feed({10, 10})});
  const Endpoint a = op("Neg", {op("Exp", {late})}), b = op("Softmax", {op("Exp", {op("Neg", {y})})});
  fetch(op("Mul", {a, b}));
  run(fuse_elementwise);
  EXPECT_EQ(count("_FusedElementwise"), 2);
  EXPECT_EQ(count("Mul") + count("Exp") + count("Neg"), 0);
}

class FusionOfColumns : public Fusion {
 protected:
  std::vector<Endpoint> split(Endpoint x, int n, int axis = 1) {
    Node* made = node("Split", {constant(Tensor::scalar(axis)), x}, {{"num_split", n}});
    std::vector<Endpoint> parts;
    for (int i = 0; i < n; ++i) parts.push_back(made->output(i));
    return parts;
  }
  Endpoint concat(std::vector<Endpoint> values, int axis = 1) {
    auto made = graph::create_op(graph_, "ConcatV2", {graph::OpInput(std::move(values)), constant(Tensor::scalar(axis))}, {}, {});
    return (*made)->output(0);
  }
  std::vector<int64_t> numbers(const Node* node, const char* attr) {
    const auto list = node->attr<std::vector<int64_t>>(attr);
    return list.ok() ? *list : std::vector<int64_t>();
  }
};

TEST_F(FusionOfColumns, PartsOfASplitAreRead) {
  const Endpoint x = feed({-1, 40});
  const std::vector<Endpoint> parts = split(x, 4);
  fetch(op("AddV2", {op("Mul", {op("Sigmoid", {parts[0]}), op("Tanh", {parts[1]})}), feed({-1, 10})}));
  fetch(op("Neg", {op("Exp", {parts[3]})}));
  run(fuse_elementwise);
  EXPECT_EQ(count("Split"), 0);
  EXPECT_EQ(count("_FusedElementwise"), 2);
  std::vector<std::vector<int64_t>> all;
  for (const Node* node : graph_.nodes()) {
    if (node->type() != "_FusedElementwise") continue;
    all.push_back(numbers(node, "parts"));
    EXPECT_EQ(node->input(0), x);
    EXPECT_EQ(node->output_shape(0), (Shape{-1, 10}));
  }
  std::sort(all.begin(), all.end());
  EXPECT_EQ(all, (std::vector<std::vector<int64_t>>{{0, 10, 10, 10, 0, -1}, {30, 10}}));
}

TEST_F(FusionOfColumns, PartsOfSlicesAndUnequalSplits) {
  const Endpoint x = feed({20, 40}), y = feed({20, 25});
  const Endpoint slice = op("Slice", {x, constant(Tensor::vector<int32_t>({0, 5})), constant(Tensor::vector<int32_t>({-1, 10}))});
  Node* unequal = node("SplitV", {y, constant(Tensor::vector<int32_t>({15, 10})), constant(Tensor::scalar(1))}, {{"num_split", 2}});
  fetch(op("Mul", {op("Exp", {slice}), op("Neg", {unequal->output(1)})}));
  run(fuse_elementwise);
  EXPECT_EQ(count("Slice") + count("SplitV"), 0);
  EXPECT_EQ(numbers(only("_FusedElementwise"), "parts"), (std::vector<int64_t>{5, 10, 15, 10}));
}

TEST_F(FusionOfColumns, OthersReadTheSplit) {
  const std::vector<Endpoint> by_rows = split(feed({40, 40}), 4, 0), fetched = split(feed({20, 40}), 4);
  const std::vector<Endpoint> broadcast = split(feed({20, 2}), 2), of_variable = split(variable({20, 40}, "v"), 4);
  fetch(fetched[1]);
  fetch(op("Exp", {op("Neg", {by_rows[0]})}));
  fetch(op("Exp", {op("Neg", {fetched[0]})}));
  fetch(op("Exp", {op("Mul", {broadcast[0], feed({20, 10})})}));
  fetch(op("Exp", {op("Neg", {of_variable[0]})}));
  run(fuse_elementwise);
  EXPECT_EQ(count("Split"), 4);
}

// What an axis waits for the fused op waits for, unless that could come after it.
TEST_F(FusionOfColumns, AxesThatWait) {
  const Endpoint x = feed({20, 40});
  Node* early = node("NoOp", {});
  const auto axis_after = [&](Node* wait) {
    return node("Const", {}, {{"dtype", DType::kInt32}, {"value", Tensor::scalar(1)}}, "", {wait})->output(0);
  };
  Node* parts = node("Split", {axis_after(early), x}, {{"num_split", 2}});
  const Endpoint a = op("Exp", {parts->output(0)}), b = op("Neg", {a}), c = op("Tanh", {a});
  Node* late = node("NoOp", {}, {}, "", {fetch(b)});
  auto joined = graph::create_op(graph_, "ConcatV2", {graph::OpInput(std::vector{c, op("Sigmoid", {a})}), axis_after(late)}, {}, {});
  fetch((*joined)->output(0));
  run(fuse_elementwise);
  EXPECT_EQ(count("Split"), 0);
  EXPECT_EQ(count("ConcatV2"), 1);
  const auto waits = only("_FusedElementwise")->control_inputs();
  EXPECT_EQ(std::vector<Node*>(waits.begin(), waits.end()), std::vector{early});
}

TEST_F(FusionOfColumns, ResultsAreJoined) {
  const Endpoint x = feed({-1, 10}), y = feed({-1, 10});
  const Endpoint both = op("Mul", {x, y}), other = op("Neg", {both});
  Node* result = fetch(concat({op("Exp", {both}), op("Tanh", {other})}));
  Node* reads_other = fetch(other);
  run(fuse_elementwise);
  Node* fused = only("_FusedElementwise");
  EXPECT_EQ(count("ConcatV2"), 0);
  EXPECT_EQ(result->input(0).node, fused);
  EXPECT_EQ(fused->output_shape(result->input(0).index), (Shape{-1, 20}));
  EXPECT_EQ(fused->output_shape(reads_other->input(0).index), (Shape{-1, 10}));
  const std::vector<int64_t> joins = numbers(fused, "joins");
  ASSERT_EQ(joins.size(), 2u);
  EXPECT_EQ(joins[result->input(0).index], 2);
  EXPECT_EQ(joins[reads_other->input(0).index], 1);
}

TEST_F(FusionOfColumns, OthersReadWhatIsJoined) {
  const Endpoint x = feed({20, 10});
  const Endpoint a = op("Exp", {x}), b = op("Neg", {a}), c = op("Neg", {x}), d = op("Exp", {c});
  fetch(concat({a, b}));                  // a is read by Neg, too
  fetch(concat({d, feed({20, 10})}));     // one comes from elsewhere
  fetch(concat({op("Tanh", {c}), op("Sigmoid", {c})}, 0));
  run(fuse_elementwise);
  EXPECT_EQ(count("ConcatV2"), 3);
}

TEST_F(Fusion, LongScalarChainsBecomeAHandfulOfNodes) {
  const Endpoint a = feed({}), b = feed({});
  Endpoint y = feed({});
  for (int i = 0; i < 5000; ++i) y = op(i % 2 ? "AddV2" : "Mul", {y, i % 2 ? a : b});
  fetch(y);
  run(fuse_elementwise);
  EXPECT_LE(graph_.num_nodes(), 30);
}

TEST_F(Fusion, TargetsStayWhatTheyAre) {
  const Endpoint x = feed({10});
  Node* last = node("Neg", {op("Exp", {x})}, {}, "last");
  target(last);
  run(fuse_elementwise);
  EXPECT_EQ(last->type(), "_FusedElementwise");
  EXPECT_EQ(last->name(), "last");
}

class FusedUpdates : public Fusion {
 protected:
  // A variable, and a read of it.
  std::pair<Endpoint, Endpoint> with_read(const std::string& name) {
    const Endpoint v = variable({784, 500}, name);
    return {v, op("Identity", {v}, {}, name + "/read")};
  }
};

// Weight decay in the gradient, the step and the moving average: one pass over the weights.
TEST_F(FusedUpdates, DecayStepAndAverage) {
  const auto [w, read] = with_read("w");
  const auto [shadow, shadow_read] = with_read("shadow");
  const Endpoint gradient = feed({784, 500}), rate = feed({}), decay = feed({});
  const Endpoint sum = list_op("AddN", {op("Mul", {read, scalar(1e-4f)}), gradient});
  Node* apply = node("ApplyGradientDescent", {w, rate, sum});
  const Endpoint change = op("Mul", {op("Sub", {shadow_read, read}), decay});
  Node* average = node("AssignSub", {shadow, change});
  Node* group = node("NoOp", {}, {}, "", {apply, average});
  target(group);
  run(fuse_elementwise);
  Node* fused = only("_FusedUpdate");
  EXPECT_EQ(fused->num_outputs(), 0);
  ASSERT_EQ(group->control_inputs().size(), 1u);
  EXPECT_EQ(group->control_inputs()[0], fused);
  EXPECT_EQ(count("AddN") + count("Mul") + count("Sub"), 0);
}

TEST_F(FusedUpdates, ReadersOfTheReferenceWaitForTheUpdate) {
  const auto [w, read] = with_read("w");
  const Endpoint gradient = feed({784, 500}), rate = feed({});
  Node* apply = node("ApplyGradientDescent", {w, rate, op("Mul", {gradient, read})});
  Node* result = fetch(apply->output(0));
  run(fuse_elementwise);
  EXPECT_EQ(result->input(0), w);
  ASSERT_EQ(result->control_inputs().size(), 1u);
  EXPECT_EQ(result->control_inputs()[0], only("_FusedUpdate"));
}

// The sum sees the weights as they were before the update.
TEST_F(FusedUpdates, OtherReadersKeepTheirPlaceInTheOrder) {
  const auto [w, read] = with_read("w");
  Node* sum = node("Sum", {read, constant(Tensor::vector<int32_t>({0, 1}))});
  fetch(sum->output(0));
  const Endpoint gradient = feed({784, 500}), rate = feed({});
  target(node("NoOp", {}, {}, "", {node("ApplyGradientDescent", {w, rate, op("Neg", {gradient})})}));
  run(order_variable_accesses);
  run(fuse_elementwise);
  const auto waits = only("_FusedUpdate")->control_inputs();
  EXPECT_NE(std::find(waits.begin(), waits.end(), sum), waits.end());
}

// The pass `scaled_updates` has them in one loop, without steps.
TEST_F(FusedUpdates, ByAProductWithANumberStay) {
  target(node("ApplyGradientDescent", {variable({784, 500}, "w"), feed({}), op("Mul", {feed({784, 500}), feed({})})}));
  run(fuse_elementwise);
  EXPECT_EQ(count("_FusedUpdate"), 0);
  run(scale_in_updates);
  EXPECT_EQ(count("_ScaledApplyGradientDescent"), 1);
}

// As the gradient of a loop is clipped and applied: what a loop leaves is there whenever it has run.
TEST_F(FusedUpdates, AfterALoop) {
  const Endpoint start = op("Enter", {feed({784, 500})}, {{"frame_name", "loop"}});
  start.node->set_output_shape(0, {784, 500});
  const Endpoint merged = list_op("Merge", {start, start});
  const Endpoint sum = op("Sum", {merged, constant(Tensor::vector<int32_t>({0, 1}))});
  Node* choice = node("Switch", {merged, op("LoopCond", {op("Less", {sum, scalar(10)})})});
  const Endpoint next = op("NextIteration", {op("Exp", {choice->output(1)})});
  ASSERT_TRUE(graph_.set_input(merged.node, 1, next).ok());
  const Endpoint gradient = op("Exit", {choice->output(0)});
  const Endpoint clipped = op("Mul", {op("Neg", {gradient}), feed({})});
  target(node("ApplyGradientDescent", {variable({784, 500}, "w"), feed({}), clipped}));
  run(fuse_elementwise);
  EXPECT_EQ(steps(only("_FusedUpdate")), 5u);
  EXPECT_EQ(count("Mul") + count("ApplyGradientDescent"), 0);
}

// An update that one branch alone feeds doesn't take along what always runs.
TEST_F(FusedUpdates, OfABranch) {
  Node* choice = node("Switch", {feed({784, 500}), feed({}, DType::kBool)});
  const Endpoint rate = feed({}), w = variable({784, 500}, "w");
  const Endpoint always = op("Neg", {feed({784, 500})});
  fetch(always);
  const Endpoint taken = op("Mul", {op("Square", {choice->output(1)}), always});
  target(node("ApplyGradientDescent", {w, rate, taken}));
  run(fuse_elementwise);
  EXPECT_EQ(steps(only("_FusedUpdate")), 5u);
  EXPECT_EQ(count("Neg"), 1);
}

TEST_F(FusedUpdates, VariablesWithoutStaticShapeStay) {
  const Endpoint w = op("VariableV2", {}, {{"dtype", DType::kFloat32}, {"shape", Shape::unknown()}});
  target(node("AssignSub", {w, op("Neg", {feed({784, 500})})}));
  run(fuse_elementwise);
  EXPECT_EQ(count("AssignSub"), 1);
}

}  // namespace
}  // namespace reflow::passes
