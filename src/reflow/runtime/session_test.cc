#include "reflow/runtime/session.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <thread>

#include "reflow/op/op.h"
#include "reflow/tensor/allocator.h"
#include "tests/kit/session_fixture.h"

namespace reflow::runtime {
namespace {

using graph::AttrMap;
using graph::Endpoint;
using graph::Graph;
using graph::Node;

using SessionTest = reflow::testing::SessionFixture;

TEST_F(SessionTest, FetchesAConstant) { EXPECT_EQ(scalar(constant(3)), 3); }

TEST_F(SessionTest, FeedsReplaceAnyTensor) {
  const Endpoint a = constant(1), sum = op("AddV2", {a, constant(2)}), twice = op("AddV2", {sum, sum});
  EXPECT_EQ(scalar(twice), 6);
  EXPECT_EQ(scalar(twice, {{sum, Tensor::scalar(10.0f)}}), 20);
  EXPECT_EQ(scalar(sum, {{sum, Tensor::scalar(10.0f)}}), 10);
}

TEST_F(SessionTest, ShapesMayChangeFromRunToRun) {
  const Endpoint x = placeholder(DType::kFloat32), y = op("Neg", {op("AddV2", {x, constant(1)})});
  for (const int64_t n : {3, 5, 3, 0, 1}) {
    Tensor value(DType::kFloat32, {n});
    for (float& v : value.flat<float>()) v = static_cast<float>(n);
    const auto result = run({y}, {{x, value}});
    ASSERT_EQ(result[0].shape(), (Shape{n}));
    for (const float v : result[0].flat<float>()) EXPECT_EQ(v, -(n + 1.0f));
  }
}

TEST_F(SessionTest, FetchedValueStaysAsItIsInLaterRuns) {
  const Endpoint x = placeholder(DType::kFloat32), y = op("Neg", {x});
  const Tensor first = run({y}, {{x, Tensor::scalar(1.0f)}})[0];
  run({y}, {{x, Tensor::scalar(2.0f)}});
  EXPECT_EQ(first.item<float>(), -1);
}

TEST_F(SessionTest, FetchedConstantIsTheCallersOwn) {
  const Endpoint c = constant(3);
  run({c})[0].data<float>()[0] = 7;
  EXPECT_EQ(scalar(c), 3);
}

TEST_F(SessionTest, RefVariableIsReadAfterTheRunsWrites) {
  const Endpoint v = variable({}, "v"), init = op("Assign", {v, constant(0)});
  const Endpoint add = op("AssignAdd", {v, constant(1)}), read = op("Identity", {add});
  run({}, {}, {init.node});
  const auto values = run({v, add, read});
  for (const Tensor& value : values) EXPECT_EQ(value.item<float>(), 1);
  EXPECT_EQ(scalar(v), 1);
}

TEST_F(SessionTest, UninitializedVariableIsNamed) {
  const Endpoint v = variable({2}, "w"), read = op("Identity", {v}, {}, "w/read");
  EXPECT_EQ(error({op("Neg", {read})}),
            "Attempting to use uninitialized value w\n\t [[{{node w/read}}]]");
  EXPECT_EQ(error({v}), "Attempting to use uninitialized value w\n\t [[{{node _retval_w_0_0}}]]");
}

TEST_F(SessionTest, VariableMayTakeAnotherShape) {
  const Endpoint v = variable({2}, "v");
  const Endpoint init = op("Assign", {v, constant(Tensor::vector({1.0f, 2.0f}))});
  const Endpoint reshape = op("Assign", {v, constant(Tensor::vector({1.0f, 2.0f, 3.0f}))}, {{"validate_shape", false}});
  const Endpoint twice = op("AddV2", {op("Identity", {v}), op("Identity", {v})});
  run({}, {}, {init.node});
  EXPECT_EQ(run({twice})[0].shape(), (Shape{2}));
  run({}, {}, {reshape.node});
  const Tensor value = run({twice})[0];
  EXPECT_EQ(value.shape(), (Shape{3}));
  EXPECT_EQ(value.flat<float>()[2], 6);
}

TEST_F(SessionTest, KernelErrorsNameTheNode) {
  const Endpoint a = placeholder(DType::kFloat32), b = placeholder(DType::kFloat32);
  const Endpoint sum = op("Add", {a, b}, {}, "sum");
  EXPECT_EQ(error({sum}, {{a, Tensor::vector({1.0f, 2.0f})}, {b, Tensor::vector({1.0f, 2.0f, 3.0f})}}),
            "Incompatible shapes: [2] vs. [3]\n\t [[{{node sum}}]]");
}

TEST_F(SessionTest, UnknownDeviceIsAnError) {
  const Endpoint c = constant(1);
  c.node->set_device("/device:CPU:9");
  EXPECT_EQ(error({c}),
            "Cannot assign a device for operation Const: {{node Const}} was explicitly assigned to /device:CPU:9 but "
            "available devices are [ /job:localhost/replica:0/task:0/device:CPU:0 ]. Make sure the device specification "
            "refers to a valid device.\n\t [[Const]]");
}

TEST_F(SessionTest, SoftPlacementTakesWhatIsThere) {
  options_.allow_soft_placement = true;
  const Endpoint c = constant(1);
  c.node->set_device("/device:GPU:0");
  EXPECT_EQ(scalar(c), 1);
}

TEST_F(SessionTest, SeveralCpuDevicesShareAGraph) {
  options_.cpu_devices = 2;
  const Endpoint v = variable({}, "v");
  v.node->set_device("/cpu:1");
  const Endpoint init = op("Assign", {v, constant(4)}), read = op("Identity", {v});
  run({}, {}, {init.node});
  EXPECT_EQ(scalar(op("Neg", {read})), -4);
}

TEST_F(SessionTest, GraphGrowsBetweenRuns) {
  Endpoint sum = constant(1);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(scalar(sum), 1 << i);
    sum = op("AddV2", {sum, sum});
  }
}

TEST_F(SessionTest, SwitchSendsItsValueOneWay) {
  const Endpoint pred = placeholder(DType::kBool), x = constant(5);
  Node* branches = node("Switch", {x, pred});
  const Endpoint no = op("Neg", {branches->output(0)}), yes = op("AddV2", {branches->output(1), constant(1)});
  const Endpoint merged = op("Merge", {std::vector<Endpoint>{no, yes}});
  EXPECT_EQ(scalar(merged, {{pred, Tensor::scalar(true)}}), 6);
  EXPECT_EQ(scalar(merged, {{pred, Tensor::scalar(false)}}), -5);
  EXPECT_EQ(error({yes}, {{pred, Tensor::scalar(false)}}), "Retval[0] does not have value");
}

// i = 0; while i < limit: i = i + step.
TEST_F(SessionTest, LoopRunsUntilItsCondition) {
  const Endpoint limit = placeholder(DType::kFloat32);
  const AttrMap frame = {{"frame_name", "loop"}}, constant_frame = {{"frame_name", "loop"}, {"is_constant", true}};
  const Endpoint start = op("Enter", {constant(0)}, frame), bound = op("Enter", {limit}, constant_frame);
  const Endpoint step = op("Enter", {constant(1)}, constant_frame);
  Node* merge = node("Merge", {std::vector<Endpoint>{start, start}});
  const Endpoint go_on = op("LoopCond", {op("Less", {merge->output(0), bound})});
  Node* branches = node("Switch", {merge->output(0), go_on});
  const Endpoint next = op("NextIteration", {op("AddV2", {branches->output(1), step})});
  ASSERT_TRUE(graph_.set_input(merge, 1, next).ok());
  const Endpoint exit = op("Exit", {branches->output(0)});
  EXPECT_EQ(scalar(exit, {{limit, Tensor::scalar(1000.0f)}}), 1000);
  EXPECT_EQ(scalar(exit, {{limit, Tensor::scalar(-1.0f)}}), 0);
}

TEST_F(SessionTest, CycleOutsideALoopIsAnError) {
  const Endpoint a = op("Neg", {constant(1)}), b = op("Neg", {a});
  ASSERT_TRUE(graph_.set_input(a.node, 0, b).ok());
  EXPECT_NE(error({b}).find("contains a cycle with"), std::string::npos);
}

TEST_F(SessionTest, ThreadsRunOneSessionSideBySide) {
  const Endpoint x = placeholder(DType::kFloat32), y = op("Mul", {op("AddV2", {x, x}), constant(3)});
  (void)session();
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      const Signature signature{{x}, {y}, {}};
      for (int i = 0; i < 500; ++i) {
        const Tensor value = Tensor::scalar(static_cast<float>(t * 1000 + i));
        std::vector<Tensor> result;
        const Status status = session().run(signature, {&value, 1}, &result);
        wrong += !status.ok() || result[0].item<float>() != 6.0f * (t * 1000 + i);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST_F(SessionTest, ClosedSessionRunsNoMore) {
  const Endpoint c = constant(1);
  scalar(c);
  ASSERT_TRUE(session().close().ok());
  EXPECT_EQ(error({c}), "Session has been closed.");
}

TEST_F(SessionTest, FeedsOfTheWrongTypeAreErrors) {
  const Endpoint x = placeholder(DType::kFloat32), y = op("Neg", {x});
  EXPECT_NE(error({y}, {{x, Tensor::scalar(1)}}).find("has type int32, where float32 is expected"), std::string::npos);
}

TEST_F(SessionTest, TraceTellsWhatRan) {
  const Endpoint x = placeholder(DType::kFloat32), y = op("Neg", {x}, {}, "negated");
  const Tensor value = Tensor::scalar(1.0f);
  std::vector<Tensor> result;
  RunOptions options;
  options.trace = true;
  RunMetadata metadata;
  auto plan = session().prepare({{x}, {y}, {}});
  ASSERT_TRUE(plan.ok());
  ASSERT_TRUE(session().run(**plan, {&value, 1}, &result, options, &metadata).ok());
  ASSERT_EQ(metadata.nodes.size(), 4u);
  EXPECT_EQ(metadata.nodes[0].label, "_SOURCE = NoOp()");
  EXPECT_EQ(metadata.nodes[1].label, "_arg_Placeholder_0_0 = _Arg()");
  EXPECT_EQ(metadata.nodes[1].output_bytes, 4);
  EXPECT_EQ(metadata.nodes[2].node, "negated");
  EXPECT_EQ(metadata.nodes[2].output_bytes, 4);
  EXPECT_EQ(metadata.nodes[3].label, "_retval_negated_0_0 = _Retval(negated)");
}

// As TensorFlow 1.15 numbers the nodes of two devices: each part for itself.
TEST_F(SessionTest, CostsAreToldDeviceByDevice) {
  options_.cpu_devices = 2;
  options_.build_cost_model = 1;
  const Endpoint x = placeholder(DType::kFloat32), there = op("Square", {x}, {}, "there"), back = op("Neg", {there}, {}, "back");
  there.node->set_device("/cpu:1");
  std::vector<Tensor> result;
  RunMetadata metadata;
  const Status status = try_run({back}, {{x, Tensor::scalar(3.0f)}}, {}, &result, {}, &metadata);
  ASSERT_TRUE(status.ok()) << status;
  std::map<std::string, const CostNode*> nodes;
  std::string names;
  for (const CostNode& node : metadata.cost_graph) {
    names += (names.empty() ? "" : " ") + node.name;
    if (node.id > 1) nodes[node.name] = &node;
  }
  EXPECT_TRUE(names.starts_with("_SOURCE _SINK _arg_Placeholder_0_0 ")) << names;
  EXPECT_TRUE(names.find(" _SOURCE _SINK ") != std::string::npos) << names;
  ASSERT_TRUE(nodes.contains("there"));
  const CostNode& square = *nodes["there"];
  EXPECT_TRUE(square.device.ends_with("CPU:1"));
  ASSERT_EQ(square.inputs.size(), 1u);
  ASSERT_EQ(std::ranges::count(metadata.cost_graph, true, &CostNode::is_final), 2);  // what goes there and comes back
  EXPECT_TRUE(std::ranges::any_of(metadata.cost_graph, [&](const CostNode& node) {
    return node.is_final && node.inputs[0].node == square.id && node.device == square.device;
  }));
  EXPECT_EQ(nodes["back"]->outputs[0].size_bytes, 4);
  EXPECT_EQ(nodes["_arg_Placeholder_0_0"]->outputs[0].size_bytes, 4);
}

TEST_F(SessionTest, LaterRunsAllocateNothing) {
  const Endpoint x = placeholder(DType::kFloat32, {1000});
  Endpoint y = x;
  for (int i = 0; i < 50; ++i) y = op("AddV2", {op("Neg", {y}), x});
  Tensor value(DType::kFloat32, {1000});
  for (float& v : value.flat<float>()) v = 1;
  std::vector<Tensor> result;
  auto plan = session().prepare({{x}, {}, {y.node}});
  ASSERT_TRUE(plan.ok());
  const auto allocations_of_a_run = [&] {
    const int64_t before = CachingAllocator::instance().stats().num_allocations;
    EXPECT_TRUE(session().run(**plan, {&value, 1}, &result).ok());
    return CachingAllocator::instance().stats().num_allocations - before;
  };
  allocations_of_a_run();
  EXPECT_EQ(allocations_of_a_run(), 0);
}

// As in gradients of what was added to a batch of any size: which axes a sum goes over follows from shapes, though how many
// these are no shape function says.
TEST_F(SessionTest, ProgramsShareTheirMemoryBetweenRuns) {
  const Endpoint x = placeholder(DType::kFloat32, {-1, 1024});
  const Endpoint reversed = op("ReverseV2", {x, constant(Tensor::vector<int32_t>({0}))});
  const Endpoint sum = op("Sum", {reversed, constant(Tensor::vector<int32_t>({0, 1}))});
  std::vector<Tensor> feeds;
  for (const int64_t rows : {4096, 2048, 3072}) {
    feeds.emplace_back(DType::kFloat32, Shape{rows, 1024});
    std::ranges::fill(feeds.back().flat<float>(), 1.0f);
  }
  const auto memory = [] {
    const AllocatorStats s = CachingAllocator::instance().stats();
    return s.in_use_bytes + s.cached_bytes;
  };
  CachingAllocator::instance().release_cached();
  EXPECT_EQ(scalar(sum, {{x, feeds[0]}}), 4096 * 1024);
  const int64_t of_one = memory();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(scalar(sum, {{x, feeds[1]}}), 2048 * 1024);
    EXPECT_EQ(scalar(sum, {{x, feeds[2]}}), 3072 * 1024);
    EXPECT_EQ(scalar(sum, {{x, feeds[0]}}), 4096 * 1024);
  }
  EXPECT_LT(memory(), of_one + (1 << 20));
}

TEST_F(SessionTest, NorDoGradientsOfBroadcasting) {
  const Endpoint x = placeholder(DType::kFloat32, {-1, -1});
  const Endpoint bias = op("Const", {}, {{"dtype", DType::kInt32}, {"value", Tensor::vector<int32_t>({1000})}});
  const Endpoint axes = op("BroadcastGradientArgs", {op("Shape", {x}), bias});
  const Endpoint y = op("Neg", {op("Sum", {op("Mul", {x, x}), Endpoint{axes.node, 1}})});
  Tensor value(DType::kFloat32, {4, 1000});
  for (float& v : value.flat<float>()) v = 2;
  std::vector<Tensor> result;
  auto plan = session().prepare({{x}, {}, {y.node}});
  ASSERT_TRUE(plan.ok());
  const auto allocations_of_a_run = [&] {
    const int64_t before = CachingAllocator::instance().stats().num_allocations;
    EXPECT_TRUE(session().run(**plan, {&value, 1}, &result).ok());
    return CachingAllocator::instance().stats().num_allocations - before;
  };
  allocations_of_a_run();
  EXPECT_EQ(allocations_of_a_run(), 0);
  result = run({y}, {{x, value}});
  ASSERT_EQ(result[0].shape(), (Shape{1000}));
  EXPECT_EQ(result[0].data<float>()[999], -16);
}

}  // namespace
}  // namespace reflow::runtime
