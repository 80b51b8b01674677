#include "tests/kit/session_fixture.h"

namespace reflow::ops {
namespace {

using graph::AttrMap;
using graph::Endpoint;
using graph::Node;
using Types = std::vector<DType>;

class StagingTest : public reflow::testing::SessionFixture {
 protected:
  static AttrMap attrs(int64_t capacity = 0, int64_t memory_limit = 0, Types types = {DType::kFloat32}) {
    return {{"capacity", capacity}, {"memory_limit", memory_limit}, {"dtypes", types}, {"shared_name", std::string("s")}};
  }
  static AttrMap typed(AttrMap attrs) {
    attrs.erase("dtypes");
    return attrs;
  }
  Node* stage(float value, int64_t capacity = 0, int64_t limit = 0) {
    return node("Stage", {std::vector<Endpoint>{constant(Tensor::scalar(value))}}, typed(attrs(capacity, limit)), "stage");
  }
  Node* map_stage(const char* op, int64_t key, std::vector<int32_t> indices, std::vector<Tensor> values) {
    std::vector<Endpoint> parts;
    for (Tensor& t : values) parts.push_back(constant(std::move(t)));
    return node(op, {constant(Tensor::scalar(key)), ints(indices), parts}, map_attrs(), "put");
  }
  AttrMap map_attrs() const { return attrs(0, 0, {DType::kFloat32, DType::kInt32}); }
  Endpoint ints(const std::vector<int32_t>& values) {
    return constant(Tensor::from<int32_t>(values, {static_cast<int64_t>(values.size())}));
  }
  float taken(Node* n) { return run({n->output(0)})[0].item<float>(); }
  int size(const char* op, AttrMap a) { return run({this->op(op, {}, a)})[0].item<int32_t>(); }
  std::string failure(Node* n) {
    const std::string message = error({}, {}, {n});
    return message.substr(0, message.find("\n\t [[{{node "));
  }
  Status run_briefly(Node* n) {
    runtime::RunOptions options;
    options.timeout_ms = 30;
    return try_run({}, {}, {n}, nullptr, options);
  }
};

TEST_F(StagingTest, TuplesLeaveInTheOrderOfTheirComing) {
  run({}, {}, {stage(1)});
  run({}, {}, {stage(2)});
  EXPECT_EQ(size("StageSize", attrs()), 2);
  EXPECT_EQ(taken(node("StagePeek", {constant(Tensor::scalar(1))}, attrs())), 2);
  Node* unstage = node("Unstage", {}, attrs());
  EXPECT_EQ(taken(unstage), 1);
  EXPECT_EQ(taken(unstage), 2);
  EXPECT_EQ(size("StageSize", attrs()), 0);
}

TEST_F(StagingTest, FullAreaWaits) {
  run({}, {}, {stage(1, 1)});
  EXPECT_FALSE(run_briefly(stage(2, 1)).ok());
  run({}, {}, {node("StageClear", {}, attrs(1))});
  run({}, {}, {stage(3, 1)});
  EXPECT_EQ(taken(node("Unstage", {}, attrs(1))), 3);
}

TEST_F(StagingTest, EmptyAreaWaits) { EXPECT_FALSE(run_briefly(node("Unstage", {}, attrs())).ok()); }

TEST_F(StagingTest, WhatIsTooLargeForTheMemoryLimitFails) {
  EXPECT_EQ(failure(stage(1, 0, 2)),
            "Attempted to insert tensors with combined size of '4' bytes into Staging Area with a memory limit of '2'.");
}

TEST_F(StagingTest, OtherTypesAreAnError) {
  run({}, {}, {stage(1)});
  EXPECT_EQ(failure(node("Unstage", {}, attrs(0, 0, {DType::kFloat32, DType::kInt32}))), "Mismatch stage/unstage: 1 vs. 2");
}

TEST_F(StagingTest, PartsOfATupleWithAKey) {
  run({}, {}, {map_stage("MapStage", 7, {0}, {Tensor::scalar(1.5f)})});
  EXPECT_EQ(size("MapIncompleteSize", map_attrs()), 1);
  EXPECT_EQ(size("MapSize", map_attrs()), 0);
  EXPECT_EQ(failure(map_stage("MapStage", 7, {0}, {Tensor::scalar(1.5f)})),
            "The tensor for index '0' for key '7' was already initialized '2'.");
  run({}, {}, {map_stage("MapStage", 7, {1}, {Tensor::scalar(4)})});
  EXPECT_EQ(size("MapSize", map_attrs()), 1);
  const Endpoint key = constant(Tensor::scalar(int64_t{7}));
  Node* peek = node("MapPeek", {key, ints({0, 1})}, map_attrs());
  EXPECT_EQ(run({peek->output(1)})[0].item<int32_t>(), 4);
  Node* first = node("MapUnstage", {key, ints({0})}, attrs());
  EXPECT_EQ(taken(first), 1.5f);
  EXPECT_EQ(failure(first), "Tensor at index '0' for key '7' has already been removed.");
  EXPECT_EQ(run({node("MapUnstage", {key, ints({1})}, attrs(0, 0, {DType::kInt32}))->output(0)})[0].item<int32_t>(), 4);
  EXPECT_EQ(size("MapSize", map_attrs()), 0);
}

TEST_F(StagingTest, OrderedMapGivesTheSmallestKeyFirst) {
  for (const int64_t key : {5, 2, 9}) {
    run({}, {}, {map_stage("OrderedMapStage", key, {0, 1}, {Tensor::scalar(static_cast<float>(key)), Tensor::scalar(0)})});
  }
  EXPECT_EQ(size("OrderedMapSize", map_attrs()), 3);
  EXPECT_EQ(size("MapSize", map_attrs()), 0);  // another area
  Node* any = node("OrderedMapUnstageNoKey", {ints({0, 1})}, map_attrs());
  const auto first = run({any->output(0), any->output(1)});
  EXPECT_EQ(first[0].item<int64_t>(), 2);
  EXPECT_EQ(first[1].item<float>(), 2);
  EXPECT_EQ(run({node("OrderedMapPeek", {constant(Tensor::scalar(int64_t{9})), ints({0})}, attrs())->output(0)})[0].item<float>(), 9);
  EXPECT_EQ(taken(node("OrderedMapUnstage", {constant(Tensor::scalar(int64_t{9})), ints({0})}, attrs())), 9);
  EXPECT_EQ(size("OrderedMapIncompleteSize", map_attrs()), 0);
  run({}, {}, {node("OrderedMapClear", {}, map_attrs())});
  EXPECT_EQ(size("OrderedMapSize", map_attrs()), 0);
}

TEST_F(StagingTest, MapOpsRefuseDisorder) {
  EXPECT_EQ(failure(map_stage("MapStage", 1, {1, 0}, {Tensor::scalar(1), Tensor::scalar(1.0f)})), "Indices are not strictly ordered");
  EXPECT_FALSE(run_briefly(node("MapUnstageNoKey", {ints({0})}, attrs())).ok());
  run({}, {}, {map_stage("MapStage", 1, {0, 1}, {Tensor::scalar(1.0f), Tensor::scalar(1)})});
  EXPECT_EQ(failure(node("MapUnstage", {constant(Tensor::scalar(int64_t{1})), ints({4})}, attrs())),
            "Index '4' for key '1' was out of bounds '2'.");
  run({}, {}, {node("MapClear", {}, map_attrs())});
}

TEST_F(StagingTest, MutexIsFreeAgainAfterARun) {
  const Endpoint mutex = op("MutexV2", {}, {{"shared_name", std::string("m")}});
  Node* use = node("ConsumeMutexLock", {op("MutexLock", {mutex})});
  run({}, {}, {use});
  run({}, {}, {use});
  EXPECT_EQ(failure(node("ConsumeMutexLock", {op("MutexLock", {op("MutexV2", {})})})), "");
}

TEST_F(StagingTest, SessionKeepsTensors) {
  const Tensor handle = run({op("GetSessionHandle", {constant(Tensor::vector<float>({1, 2}))}, {}, "h")})[0];
  EXPECT_EQ(handle.item<std::string>().rfind("h;", 0), 0u);
  const Endpoint given = constant(handle);
  EXPECT_EQ(run({op("GetSessionTensor", {given}, {{"dtype", DType::kFloat32}})})[0].summarize(), "1 2");
  Node* forget = node("DeleteSessionTensor", {given});
  run({}, {}, {forget});
  EXPECT_EQ(failure(forget), "The tensor with handle '" + handle.item<std::string>() + "' is not in the session store.");
  EXPECT_EQ(op("GetSessionHandleV2", {constant(Tensor::scalar(1))}).dtype(), DType::kResource);
}

TEST_F(StagingTest, RefSelectGivesOneOfTheReferences) {
  const Endpoint a = variable({}, "a"), b = variable({}, "b");
  run({}, {}, {node("Assign", {a, constant(Tensor::scalar(1.0f))}), node("Assign", {b, constant(Tensor::scalar(2.0f))})});
  const auto select = [&](int32_t index) { return op("RefSelect", {constant(Tensor::scalar(index)), std::vector<Endpoint>{a, b}}, {}, "select"); };
  EXPECT_EQ(run({op("Identity", {select(1)})})[0].item<float>(), 2);
  EXPECT_EQ(failure(select(2).node), "Index must be in the range [0, 2) but got 2");
}

TEST_F(StagingTest, Fact) { EXPECT_EQ(run({op("Fact", {})})[0].item<std::string>(), "0! == 1"); }

}  // namespace
}  // namespace reflow::ops
