#include <memory>

#include <gtest/gtest.h>

#include "reflow/op/resource_manager.h"
#include "tests/kit/op_runner.h"

namespace reflow::ops {
namespace {

using graph::AttrMap;
using reflow::testing::OpRunner;

// A device with resource variables of one type.
class ResourceVariables : public ::testing::Test {
 protected:
  Tensor handle(const char* name, DType type = DType::kFloat32) {
    OpRunner op("VarHandleOp", {}, {{"dtype", type}, {"shape", Shape::unknown()}, {"shared_name", name}}, &device_);
    EXPECT_TRUE(op.run().ok());
    return op.output();
  }
  Status run(const char* type, std::vector<OpRunner::Input> inputs, AttrMap attrs = {}) {
    OpRunner op(type, std::move(inputs), std::move(attrs), &device_);
    const Status status = op.run();
    if (status.ok() && op.node().num_outputs() > 0) result_ = op.output();
    return status;
  }
  Tensor read(const Tensor& handle) {
    const Status status = run("ReadVariableOp", {handle}, {{"dtype", DType::kFloat32}});
    EXPECT_TRUE(status.ok()) << status;
    return result_;
  }

  ThreadPool pool_{1};
  op::Device device_{"/job:localhost/replica:0/task:0/device:CPU:0", "CPU", &pool_};
  Tensor result_;
};

TEST_F(ResourceVariables, WhatWasReadDoesNotChangeLater) {
  const Tensor v = handle("v");
  ASSERT_TRUE(run("AssignVariableOp", {v, Tensor::vector({1.f, 2.f})}).ok());
  const Tensor before = read(v);
  ASSERT_TRUE(run("AssignAddVariableOp", {v, Tensor::vector({10.f, 10.f})}).ok());
  EXPECT_EQ(before.summarize(), "1 2");
  ASSERT_TRUE(run("ResourceScatterSub", {v, Tensor::vector<int32_t>({0}), Tensor::vector({1.f})}).ok());
  EXPECT_EQ(read(v).summarize(), "10 12");
}

TEST_F(ResourceVariables, AreWrittenInPlaceWhereNobodyHoldsTheValue) {
  const Tensor v = handle("v");
  ASSERT_TRUE(run("AssignVariableOp", {v, Tensor::vector({1.f, 2.f})}).ok());
  const void* memory = read(v).raw_data();
  result_ = Tensor();
  ASSERT_TRUE(run("AssignSubVariableOp", {v, Tensor::vector({1.f, 1.f})}).ok());
  EXPECT_EQ(read(v).raw_data(), memory);
}

TEST_F(ResourceVariables, CopyWhatTheyAreAssigned) {
  const Tensor v = handle("v");
  Tensor value = Tensor::vector({1.f, 2.f});
  ASSERT_TRUE(run("AssignVariableOp", {v, value}).ok());
  value.data<float>()[0] = 7;
  EXPECT_EQ(read(v).summarize(), "1 2");
}

TEST_F(ResourceVariables, WithoutAValueCannotBeRead) {
  const Tensor v = handle("v"), w = handle("w");
  const AttrMap attrs{{"dtype", DType::kFloat32}};
  const Status status = run("ReadVariableOp", {v}, attrs);
  EXPECT_EQ(status.code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(message_of(status),
            "Error while reading resource variable v from Container: localhost. This could mean that the variable was "
            "uninitialized. Not found: Container localhost does not exist. (Could not find resource: localhost/v)");
  ASSERT_TRUE(run("AssignVariableOp", {w, Tensor::scalar(1.f)}).ok());
  EXPECT_EQ(message_of(run("ReadVariableOp", {v}, attrs)),
            "Error while reading resource variable v from Container: localhost. This could mean that the variable was "
            "uninitialized. Not found: Resource localhost/v/N10tensorflow3VarE does not exist.");
}

TEST_F(ResourceVariables, AreGoneOnceDestroyed) {
  const Tensor v = handle("v");
  ASSERT_TRUE(run("AssignVariableOp", {v, Tensor::scalar(1.f)}).ok());
  ASSERT_TRUE(run("DestroyResourceOp", {v}).ok());
  EXPECT_EQ(message_of(run("DestroyResourceOp", {v}, {{"ignore_lookup_error", false}})),
            "Resource localhost/v/N10tensorflow3VarE does not exist.");
  ASSERT_TRUE(run("VarIsInitializedOp", {v}).ok());
  EXPECT_FALSE(result_.item<bool>());
}

TEST_F(ResourceVariables, GiveTheirShapeAndRows) {
  const Tensor v = handle("v");
  ASSERT_TRUE(run("AssignVariableOp", {v, Tensor::from({1.f, 2.f, 3.f, 4.f}, {2, 2})}).ok());
  ASSERT_TRUE(run("VariableShape", {v}).ok());
  EXPECT_EQ(result_.summarize(), "2 2");
  ASSERT_TRUE(run("ResourceGather", {v, Tensor::vector<int32_t>({1, 0})}, {{"dtype", DType::kFloat32}}).ok());
  EXPECT_EQ(result_.summarize(4), "[3 4][1 2]");
}

TEST_F(ResourceVariables, WantUpdatesOfTheirShape) {
  const Tensor v = handle("v");
  ASSERT_TRUE(run("AssignVariableOp", {v, Tensor::vector({1.f, 2.f})}).ok());
  EXPECT_EQ(message_of(run("AssignAddVariableOp", {v, Tensor::vector({1.f})})),
            "Cannot update variable with shape [2] using a Tensor with shape [1], shapes must be equal.");
}

TEST_F(ResourceVariables, CombineRowsWithTheirUpdates) {
  const struct {
    const char *op, *result;
  } kCases[] = {{"ResourceScatterAdd", "6 8"}, {"ResourceScatterSub", "-2 8"}, {"ResourceScatterMul", "6 8"},
                {"ResourceScatterDiv", "0.666666687 8"}, {"ResourceScatterMin", "1 8"},
                {"ResourceScatterMax", "3 8"}, {"ResourceScatterUpdate", "3 8"}};
  const Tensor v = handle("v");
  for (const auto& c : kCases) {
    ASSERT_TRUE(run("AssignVariableOp", {v, Tensor::vector({2.f, 8.f})}).ok());
    ASSERT_TRUE(run(c.op, {v, Tensor::vector<int32_t>({0, 0}), Tensor::vector({1.f, 3.f})}).ok()) << c.op;
    EXPECT_EQ(read(v).summarize(), c.result) << c.op;
  }
}

TEST_F(ResourceVariables, CombineSlicesWithTheirUpdates) {
  const struct {
    const char *op, *result;
  } kCases[] = {{"ResourceScatterNdAdd", "6 8"}, {"ResourceScatterNdSub", "-2 8"}, {"ResourceScatterNdUpdate", "3 8"}};
  const Tensor v = handle("v");
  for (const auto& c : kCases) {
    ASSERT_TRUE(run("AssignVariableOp", {v, Tensor::vector({2.f, 8.f})}).ok());
    ASSERT_TRUE(run(c.op, {v, Tensor::from<int32_t>({0, 0}, {2, 1}), Tensor::vector({1.f, 3.f})}).ok()) << c.op;
    EXPECT_EQ(read(v).summarize(), c.result) << c.op;
  }
  ASSERT_TRUE(run("ResourceGatherNd", {v, Tensor::from<int32_t>({1, 0}, {2, 1})}, {{"dtype", DType::kFloat32}}).ok());
  EXPECT_EQ(result_.summarize(), "8 3");
}

TEST_F(ResourceVariables, AssignToASlice) {
  const Tensor v = handle("v");
  ASSERT_TRUE(run("AssignVariableOp", {v, Tensor::vector({2.f, 8.f, 9.f})}).ok());
  const Tensor before = read(v);
  ASSERT_TRUE(run("ResourceStridedSliceAssign",
                  {v, Tensor::vector<int32_t>({1}), Tensor::vector<int32_t>({3}), Tensor::vector<int32_t>({1}),
                   Tensor::vector({5.f, 6.f})}).ok());
  EXPECT_EQ(read(v).summarize(), "2 5 6");
  EXPECT_EQ(before.summarize(), "2 8 9");
}

TEST_F(ResourceVariables, CountUpToALimit) {
  const Tensor v = handle("n", DType::kInt32);
  ASSERT_TRUE(run("AssignVariableOp", {v, Tensor::scalar(int32_t{1})}).ok());
  const AttrMap attrs{{"limit", 2}, {"T", DType::kInt32}};
  ASSERT_TRUE(run("ResourceCountUpTo", {v}, attrs).ok());
  EXPECT_EQ(result_.item<int32_t>(), 1);
  EXPECT_EQ(message_of(run("ResourceCountUpTo", {v}, attrs)), "Reached limit of 2");
}

}  // namespace
}  // namespace reflow::ops
