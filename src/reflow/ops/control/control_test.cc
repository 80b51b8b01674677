#include <gtest/gtest.h>

#include "reflow/op/resource_manager.h"
#include "tests/kit/op_runner.h"

namespace reflow::ops {
namespace {

using reflow::testing::OpRunner;

TEST(Switch, PassesItsInputToOneSideOnly) {
  OpRunner op("Switch", {Tensor::vector({1.f, 2.f}), Tensor::scalar(true)});
  ASSERT_TRUE(op.run().ok());
  EXPECT_TRUE(op.is_dead(0));
  EXPECT_FALSE(op.is_dead(1));
  EXPECT_EQ(op.output(1).flat<float>()[1], 2.f);
}

TEST(Switch, WantsAScalar) {
  OpRunner op("Switch", {Tensor::scalar(1.f), Tensor::scalar(true)});
  op.set_input(1, Tensor::vector({true, false}));
  EXPECT_EQ(message_of(op.run()), "The second input must be a scalar, but it has shape [2]");
}

TEST(RefSwitch, PassesTheReferenceOnEvenWithoutAValue) {
  op::Variable variable(DType::kFloat32);
  OpRunner op("RefSwitch", {&variable, Tensor::scalar(false)});
  ASSERT_TRUE(op.run().ok());
  EXPECT_EQ(op.ref(0), &variable);
  EXPECT_TRUE(op.is_dead(1));
}

TEST(Merge, PassesOnWhatArrivesAndItsIndex) {
  OpRunner op("Merge", {OpRunner::Nothing{DType::kFloat32}, Tensor::scalar(7.f)});
  ASSERT_TRUE(op.run().ok());
  EXPECT_EQ(op.output(0).item<float>(), 7.f);
  EXPECT_EQ(op.output(1).item<int32_t>(), 1);
}

TEST(Merge, KnowsWhatBothInputsHaveInCommon) {
  OpRunner op("Merge", {Tensor(DType::kFloat32, {2, 3}), Tensor(DType::kFloat32, {2, 4})});
  EXPECT_EQ(op.node().output_shape(0).str(), "[2,?]");
}

TEST(Assert, ShowsItsDataWhenTheConditionIsFalse) {
  const auto matrix = Tensor::from({1.5f, 2.f, 3.f, 4.f}, {2, 2});
  Tensor range(DType::kInt32, {10});
  for (int i = 0; i < 10; ++i) range.data<int32_t>()[i] = i;
  OpRunner op("Assert", {Tensor::scalar(false), Tensor::scalar("why"), matrix, range});
  EXPECT_EQ(message_of(op.run()), "assertion failed: [why] [[1.5 2][3...]...] [0 1 2...]");
  op.set_input(0, Tensor::scalar(true));
  EXPECT_TRUE(op.run().ok());
}

TEST(Print, WritesToStderrTheFirstTimes) {
  const auto matrix = Tensor::from({1.5f, 2.f, 3.f, 4.f}, {2, 2});
  OpRunner op("Print", {matrix, matrix, Tensor::scalar(true)}, {{"message", "msg: "}, {"first_n", 1}, {"summarize", 2}});
  ::testing::internal::CaptureStderr();
  const bool ok = op.run().ok() && op.run().ok();
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "msg: [[1.5 2]...][1]\n");
  EXPECT_TRUE(ok);
  EXPECT_TRUE(op.output().shares_buffer(matrix));
}

TEST(PrintV2, WritesItsTextAndTheEnd) {
  OpRunner op("PrintV2", {Tensor::scalar("x = 1")}, {{"end", ";"}});
  ::testing::internal::CaptureStderr();
  const bool ok = op.run().ok();
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "x = 1;");
  EXPECT_TRUE(ok);
}

TEST(ControlTrigger, DoesNothing) { EXPECT_TRUE(OpRunner("ControlTrigger", {}).run().ok()); }

TEST(RefMerge, PassesTheReferenceOn) {
  op::Variable variable(DType::kFloat32);
  OpRunner op("RefMerge", {&variable});
  ASSERT_TRUE(op.run().ok());
  EXPECT_EQ(op.ref(0), &variable);
}

TEST(LoopOps, HandReferencesThrough) {
  op::Variable variable(DType::kFloat32);
  for (const char* type : {"RefEnter", "RefExit", "RefNextIteration"}) {
    const bool enter = std::string_view(type) == "RefEnter";
    OpRunner op(type, {&variable}, enter ? graph::AttrMap{{"frame_name", "f"}} : graph::AttrMap{});
    ASSERT_TRUE(op.run().ok()) << type;
    EXPECT_EQ(op.ref(), &variable) << type;
  }
}

TEST(AbortDeathTest, EndsTheProcessWithItsMessage) {
  OpRunner op("Abort", {}, {{"error_msg", "because"}});
  EXPECT_DEATH((void)op.run(), "Abort_op intentional failure; because");
}

}  // namespace
}  // namespace reflow::ops
