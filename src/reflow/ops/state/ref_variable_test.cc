#include <gtest/gtest.h>

#include "reflow/op/resource_manager.h"
#include "tests/kit/op_runner.h"

namespace reflow::ops {
namespace {

using op::Variable;
using reflow::testing::OpRunner;

struct FloatVariable : Variable {
  explicit FloatVariable(std::initializer_list<float> values) : Variable(DType::kFloat32) {
    tensor = Tensor::vector(values);
  }
  float at(int i) const { return tensor.flat<float>()[i]; }
};

TEST(VariableV2, IsSharedByItsName) {
  ThreadPool pool(1);
  op::Device device("/device:CPU:0", "CPU", &pool);
  const graph::AttrMap attrs{{"dtype", DType::kFloat32}, {"shape", Shape{2}}, {"shared_name", "w"}};
  OpRunner one("VariableV2", {}, attrs, &device), other("VariableV2", {}, attrs, &device);
  ASSERT_TRUE(one.run().ok() && other.run().ok());
  EXPECT_EQ(one.ref(), other.ref());
  EXPECT_FALSE(one.ref()->tensor.valid());
}

TEST(VariableV2, WithoutElementsHasAValue) {
  ThreadPool pool(1);
  op::Device device("/device:CPU:0", "CPU", &pool);
  for (const Shape& shape : {Shape{0}, Shape{2, 0}}) {
    OpRunner runner("VariableV2", {}, {{"dtype", DType::kString}, {"shape", shape}, {"shared_name", shape.str()}}, &device);
    ASSERT_TRUE(runner.run().ok());
    EXPECT_EQ(runner.ref()->tensor.shape(), shape);
  }
}

TEST(Assign, WritesTheMemoryThatOthersShare) {
  FloatVariable v{1, 2};
  const Tensor seen = v.tensor;
  OpRunner op("Assign", {&v, Tensor::vector({5.f, 6.f})});
  ASSERT_TRUE(op.run().ok());
  EXPECT_EQ(seen.flat<float>()[1], 6.f);
  EXPECT_EQ(op.ref(), &v);
}

TEST(Assign, CopiesWhatTheCallerFeeds) {
  Variable v(DType::kFloat32);
  float fed[2] = {5, 6};
  const Tensor lent(DType::kFloat32, {2}, wrap_memory(fed, sizeof(fed), [](void*) {}, nullptr, true), fed);
  OpRunner op("Assign", {&v, lent});
  ASSERT_TRUE(op.run().ok());
  fed[0] = 0;
  EXPECT_EQ(v.tensor.flat<float>()[0], 5.f);
}

TEST(Assign, WantsTheShapeOfTheVariable) {
  FloatVariable v{1, 2};
  OpRunner op("Assign", {&v, Tensor::vector({5.f, 6.f})});
  op.set_input(1, Tensor::vector({5.f}));
  EXPECT_EQ(message_of(op.run()), "Assign requires shapes of both tensors to match. lhs shape= [2] rhs shape= [1]");
}

TEST(Assign, ChangesTheShapeWhenToldSo) {
  FloatVariable v{1, 2};
  OpRunner op("Assign", {&v, Tensor::vector({5.f, 6.f, 7.f})}, {{"validate_shape", false}});
  ASSERT_TRUE(op.run().ok());
  EXPECT_EQ(v.tensor.shape().str(), "[3]");
}

TEST(AssignAdd, AddsInPlace) {
  FloatVariable v{1, 2};
  const Tensor seen = v.tensor;
  OpRunner op("AssignAdd", {&v, Tensor::vector({10.f, 20.f})});
  ASSERT_TRUE(op.run().ok() && op.run().ok());
  EXPECT_EQ(seen.flat<float>()[0], 21.f);
}

TEST(AssignSub, NamesTheVariableWithoutAValue) {
  Variable v(DType::kFloat32);
  OpRunner op("AssignSub", {&v, Tensor::vector({10.f, 20.f})});
  const Status status = op.run();
  EXPECT_EQ(message_of(status), "Attempting to use uninitialized value VariableV2");
  EXPECT_EQ(status.code(), StatusCode::kFailedPrecondition);
}

TEST(IsVariableInitialized, TellsWhetherThereIsAValue) {
  Variable v(DType::kFloat32);
  OpRunner op("IsVariableInitialized", {&v});
  ASSERT_TRUE(op.run().ok());
  EXPECT_FALSE(op.output().item<bool>());
  v.tensor = Tensor::scalar(1.f);
  ASSERT_TRUE(op.run().ok());
  EXPECT_TRUE(op.output().item<bool>());
}

TEST(ScatterAdd, AddsRepeatedRowsUp) {
  Variable v(DType::kFloat32);
  v.tensor = Tensor::from({0.f, 0.f, 1.f, 1.f}, {2, 2});
  OpRunner op("ScatterAdd", {&v, Tensor::vector<int32_t>({1, 1}), Tensor::from({1.f, 2.f, 3.f, 4.f}, {2, 2})});
  ASSERT_TRUE(op.run().ok());
  EXPECT_EQ(v.tensor.summarize(4), "[0 0][5 7]");
}

TEST(ScatterAdd, WantsIndicesWithinTheVariable) {
  FloatVariable v{1, 2};
  OpRunner op("ScatterAdd", {&v, Tensor::vector<int64_t>({0, 3}), Tensor::vector({1.f, 1.f})});
  EXPECT_EQ(message_of(op.run()), "indices[1] = 3 is not in [0, 2)");
  EXPECT_EQ(v.at(0), 1.f) << "nothing is changed then";
}

TEST(ScatterUpdate, TakesAScalarForAllRows) {
  FloatVariable v{1, 2, 3};
  OpRunner op("ScatterUpdate", {&v, Tensor::vector<int32_t>({0, 2}), Tensor::scalar(9.f)});
  ASSERT_TRUE(op.run().ok());
  EXPECT_EQ(v.tensor.summarize(3), "9 2 9");
}

TEST(ScatterDiv, DividingByZeroIsAnError) {
  Variable v(DType::kInt32);
  v.tensor = Tensor::vector<int32_t>({INT32_MIN, 4});
  OpRunner op("ScatterDiv", {&v, Tensor::vector<int32_t>({0}), Tensor::vector<int32_t>({0})});
  EXPECT_EQ(message_of(op.run()), "Integer division by zero");
  op.set_input(2, Tensor::vector<int32_t>({-1}));
  EXPECT_TRUE(op.run().ok());
  EXPECT_EQ(v.tensor.flat<int32_t>()[0], INT32_MIN);
}

TEST(ScatterNdUpdate, WritesSlices) {
  Variable v(DType::kFloat32);
  v.tensor = Tensor::from({0.f, 0.f, 0.f, 0.f}, {2, 2});
  OpRunner op("ScatterNdUpdate", {&v, Tensor::from<int32_t>({1, 0}, {1, 2}), Tensor::vector({3.f})});
  ASSERT_TRUE(op.run().ok());
  EXPECT_EQ(v.tensor.summarize(4), "[0 0][3 0]");
  op.set_input(1, Tensor::from<int32_t>({0, 2}, {1, 2}));
  EXPECT_EQ(message_of(op.run()), "indices[0] = [0, 2] does not index into shape [2,2]");
}

TEST(ScatterOps, CombineRowsWithTheirUpdates) {
  const struct {
    const char *op, *result;
  } kCases[] = {{"ScatterSub", "-2 8"}, {"ScatterMul", "6 8"}, {"ScatterMin", "1 8"}, {"ScatterMax", "3 8"}};
  for (const auto& c : kCases) {
    FloatVariable v{2, 8};
    OpRunner op(c.op, {&v, Tensor::vector<int32_t>({0, 0}), Tensor::vector({1.f, 3.f})});
    ASSERT_TRUE(op.run().ok()) << c.op;
    EXPECT_EQ(v.tensor.summarize(), c.result) << c.op;
  }
}

TEST(ScatterNdOps, CombineSlicesWithTheirUpdates) {
  for (const auto& [type, result] : {std::pair("ScatterNdAdd", "6 8"), std::pair("ScatterNdSub", "-2 8")}) {
    FloatVariable v{2, 8};
    OpRunner op(type, {&v, Tensor::from<int32_t>({0, 0}, {2, 1}), Tensor::vector({1.f, 3.f})});
    ASSERT_TRUE(op.run().ok()) << type;
    EXPECT_EQ(v.tensor.summarize(), result) << type;
  }
}

TEST(TemporaryVariable, LivesUntilItIsDestroyed) {
  ThreadPool pool(1);
  op::Device device("/device:CPU:0", "CPU", &pool);
  op::ResourceManager step;
  OpRunner make("TemporaryVariable", {}, {{"shape", Shape{2}}, {"dtype", DType::kFloat32}, {"var_name", "t"}}, &device);
  make.set_step_resources(&step);
  ASSERT_TRUE(make.run().ok());
  Variable* variable = make.ref();
  variable->tensor = Tensor::vector({1.f, 2.f});
  OpRunner destroy("DestroyTemporaryVariable", {variable}, {{"var_name", "t"}}, &device);
  destroy.set_step_resources(&step);
  ASSERT_TRUE(destroy.run().ok());
  EXPECT_EQ(destroy.output().summarize(), "1 2");
  Variable other(DType::kFloat32);
  OpRunner again("DestroyTemporaryVariable", {&other}, {{"var_name", "t"}}, &device);
  again.set_step_resources(&step);
  EXPECT_EQ(message_of(again.run()),
            "Resource __per_step_0/t/N10tensorflow19TemporaryVariableOp6TmpVarE does not exist.");
}

TEST(Variable, OfTheOldOpHasAnUnknownShapeWhereItSaysScalar) {
  OpRunner op("Variable", {}, {{"dtype", DType::kFloat32}, {"shape", Shape{}}});
  EXPECT_FALSE(op.node().output_shape(0).known_rank());
}

TEST(CountUpTo, EndsAtItsLimit) {
  Variable v(DType::kInt32);
  v.tensor = Tensor::scalar(int32_t{1});
  OpRunner op("CountUpTo", {&v}, {{"limit", 2}});
  ASSERT_TRUE(op.run().ok());
  EXPECT_EQ(op.output().item<int32_t>(), 1);
  const Status status = op.run();
  EXPECT_EQ(message_of(status), "Reached limit of 2");
  EXPECT_EQ(status.code(), StatusCode::kOutOfRange);
}

}  // namespace
}  // namespace reflow::ops
