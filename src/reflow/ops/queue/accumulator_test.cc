// Accumulators, run op by op on one device; values and errors are those of TensorFlow 1.15.

#include "reflow/ops/queue/accumulator.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "reflow/op/cancellation.h"
#include "reflow/op/device.h"
#include "tests/kit/op_runner.h"

namespace reflow::ops {
namespace {

using testing::OpRunner;

class Accumulators : public ::testing::Test {
 protected:
  std::string run(std::string_view op, std::vector<OpRunner::Input> inputs, graph::AttrMap attrs = {}) {
    OpRunner runner(op, std::move(inputs), std::move(attrs), &device_);
    const Status status = runner.run();
    outputs_.clear();
    for (int i = 0; i < runner.node().num_outputs() && status.ok(); ++i) outputs_.push_back(runner.output(i));
    return std::string(message_of(status));
  }
  std::string text(int i) const { return outputs_[i].shape().str() + " " + outputs_[i].summarize(-1); }
  std::string apply(op::Variable* handle, int64_t step, Tensor gradient) {
    return run("AccumulatorApplyGradient", {handle, Tensor::scalar(step), std::move(gradient)});
  }
  std::string take(op::Variable* handle, int32_t n) {
    const std::string error =
        run("AccumulatorTakeGradient", {handle, Tensor::scalar(n)}, {{"dtype", DType::kFloat32}});
    return error.empty() ? text(0) : error;
  }
  int count(op::Variable* handle) {
    EXPECT_EQ(run("AccumulatorNumAccumulated", {handle}), "");
    return outputs_[0].item<int32_t>();
  }

  ThreadPool pool_{1};
  op::Device device_{"/job:localhost/replica:0/task:0/device:CPU:0", "CPU", &pool_};
  std::vector<Tensor> outputs_;
};

graph::AttrMap attrs(const Shape& shape, std::string name, std::string reduction = "MEAN") {
  return {{"dtype", DType::kFloat32}, {"shape", shape}, {"shared_name", std::move(name)}, {"reduction_type", std::move(reduction)}};
}
Tensor floats(std::initializer_list<float> values) { return Tensor::vector(values); }

TEST_F(Accumulators, MeanOfAStep) {
  OpRunner maker("ConditionalAccumulator", {}, attrs({2}, "a"), &device_);
  ASSERT_TRUE(maker.run().ok());
  EXPECT_EQ(maker.output().summarize(-1), "localhost a");
  EXPECT_EQ(apply(maker.ref(), 0, floats({1, 2})), "");
  EXPECT_EQ(apply(maker.ref(), 0, floats({3, 4})), "");
  EXPECT_EQ(count(maker.ref()), 2);
  EXPECT_EQ(take(maker.ref(), 2), "[2] 2 3");
  EXPECT_EQ(count(maker.ref()), 0);
}

TEST_F(Accumulators, GradientsOfEarlierStepsAreDropped) {
  OpRunner maker("ConditionalAccumulator", {}, attrs({2}, "a"), &device_);
  ASSERT_TRUE(maker.run().ok());
  EXPECT_EQ(run("AccumulatorSetGlobalStep", {maker.ref(), Tensor::scalar<int64_t>(5)}), "");
  EXPECT_EQ(apply(maker.ref(), 4, floats({1, 2})), "");
  EXPECT_EQ(count(maker.ref()), 0);
  EXPECT_EQ(run("AccumulatorSetGlobalStep", {maker.ref(), Tensor::scalar<int64_t>(2)}), "");
  EXPECT_EQ(apply(maker.ref(), 4, floats({1, 2})), "");
  EXPECT_EQ(count(maker.ref()), 0);
  EXPECT_EQ(apply(maker.ref(), 5, floats({1, 2})), "");
  EXPECT_EQ(take(maker.ref(), 1), "[2] 1 2");
}

TEST_F(Accumulators, SumAndUnknownShape) {
  OpRunner maker("ConditionalAccumulator", {}, attrs(Shape::unknown(), "s", "SUM"), &device_);
  ASSERT_TRUE(maker.run().ok());
  EXPECT_EQ(apply(maker.ref(), 0, floats({1, 2})), "");
  EXPECT_EQ(apply(maker.ref(), 0, floats({1, 2, 3})), "Shape mismatch: expected [2], got [3]");
  EXPECT_EQ(apply(maker.ref(), 0, floats({3, 4})), "");
  EXPECT_EQ(take(maker.ref(), 1), "[2] 4 6");
}

TEST_F(Accumulators, ArgumentsAreChecked) {
  OpRunner maker("ConditionalAccumulator", {}, attrs({2}, "a"), &device_);
  ASSERT_TRUE(maker.run().ok());
  EXPECT_EQ(apply(maker.ref(), 0, floats({1, 2, 3})), "Shape mismatch: expected [2], got [3]");
  EXPECT_EQ(take(maker.ref(), 0), "Argument num_required must be positive, but was 0");
}

TEST_F(Accumulators, TakeWaits) {
  OpRunner maker("ConditionalAccumulator", {}, attrs({2}, "a"), &device_);
  ASSERT_TRUE(maker.run().ok());
  OpRunner taker("AccumulatorTakeGradient", {maker.ref(), Tensor::scalar<int32_t>(2)}, {{"dtype", DType::kFloat32}},
                 &device_);
  Status taken;
  std::thread waiting([&] { taken = taker.run(); });
  EXPECT_EQ(apply(maker.ref(), 0, floats({1, 2})), "");
  EXPECT_EQ(apply(maker.ref(), 0, floats({3, 4})), "");
  waiting.join();
  EXPECT_TRUE(taken.ok()) << taken;
  EXPECT_EQ(taker.output().summarize(-1), "2 3");
}

TEST_F(Accumulators, WaitingIsCancelled) {
  OpRunner runner("NoOp", {});
  op::CancellationManager cancellation;
  op::RunEnv env;
  env.cancellation = &cancellation;
  op::KernelContext context(&env, &runner.node(), nullptr, 0, nullptr, 0);
  Accumulator accumulator(DType::kFloat32, Shape{2}, Accumulator::Reduction::kMean, false);
  Status status;
  accumulator.take(context, 1, [&](Status s) { status = std::move(s); });
  cancellation.cancel();
  EXPECT_EQ(message_of(status), "TakeGrad operation was cancelled");
  EXPECT_TRUE(accumulator.apply(0, floats({1, 2})).ok());
  EXPECT_EQ(accumulator.num_accumulated(), 1);
}

TEST_F(Accumulators, ResourceForm) {
  OpRunner maker("ResourceConditionalAccumulator", {}, attrs({2}, "r"), &device_);
  ASSERT_TRUE(maker.run().ok());
  const Tensor handle = maker.output();
  EXPECT_EQ(run("ResourceAccumulatorApplyGradient", {handle, Tensor::scalar<int64_t>(0), floats({1, 2})}), "");
  EXPECT_EQ(run("ResourceAccumulatorNumAccumulated", {handle}), "");
  EXPECT_EQ(outputs_[0].item<int32_t>(), 1);
  EXPECT_EQ(run("ResourceAccumulatorTakeGradient", {handle, Tensor::scalar<int32_t>(1)}, {{"dtype", DType::kFloat32}}), "");
  EXPECT_EQ(text(0), "[2] 1 2");
  EXPECT_EQ(run("ResourceAccumulatorSetGlobalStep", {handle, Tensor::scalar<int64_t>(9)}), "");
}

TEST_F(Accumulators, SparseRowsAreDividedByTheirOwnCount) {
  OpRunner maker("SparseConditionalAccumulator", {}, attrs({4, 2}, "sp"), &device_);
  ASSERT_TRUE(maker.run().ok());
  const auto apply_rows = [&](Tensor indices, Tensor values, Tensor shape) {
    return run("SparseAccumulatorApplyGradient",
               {maker.ref(), Tensor::scalar<int64_t>(0), std::move(indices), std::move(values), std::move(shape)},
               {{"has_known_shape", true}});
  };
  const Tensor shape = Tensor::vector<int64_t>({4, 2});
  EXPECT_EQ(apply_rows(Tensor::vector<int64_t>({0, 2}), Tensor::from<float>({1, 2, 3, 4}, {2, 2}), shape), "");
  EXPECT_EQ(apply_rows(Tensor::vector<int64_t>({2, 3}), Tensor::from<float>({10, 20, 30, 40}, {2, 2}), shape), "");
  EXPECT_EQ(apply_rows(Tensor::vector<int64_t>({9}), Tensor::from<float>({1, 2}, {1, 2}), shape),
            "Shape mismatch: index of slice 0 exceeded limits of shape; index is 9 exceeded 4");
  EXPECT_EQ(apply_rows(Tensor::vector<int64_t>({0}), Tensor::from<float>({1, 2}, {1, 2}), Tensor::vector<int64_t>({9, 2})),
            "Shape mismatch: expected shape dim 0 to be 4, got 9");
  ASSERT_EQ(run("SparseAccumulatorTakeGradient", {maker.ref(), Tensor::scalar<int32_t>(2)}, {{"dtype", DType::kFloat32}}), "");
  EXPECT_EQ(text(0), "[3] 0 2 3");
  EXPECT_EQ(text(1), "[3,2] [1 2][6.5 12][30 40]");
  EXPECT_EQ(text(2), "[2] 4 2");
}

}  // namespace
}  // namespace reflow::ops
