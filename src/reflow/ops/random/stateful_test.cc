// Values of TensorFlow 1.15.5 for the state 5, 7, 9.

#include "tests/kit/session_fixture.h"

namespace reflow::ops {
namespace {

using graph::Endpoint;
using graph::Node;

class StatefulRandom : public reflow::testing::SessionFixture {
 protected:
  StatefulRandom() {
    state_ = op("VarHandleOp", {}, {{"dtype", DType::kInt64}, {"shape", Shape{3}}, {"shared_name", std::string("state")}});
    assign(Tensor::vector<int64_t>({5, 7, 9}));
  }
  void assign(Tensor value) { run({}, {}, {node("AssignVariableOp", {state_, constant(std::move(value))})}); }
  Endpoint five() { return constant(Tensor::vector<int64_t>({5})); }
  Endpoint philox() { return constant(Tensor::scalar(int64_t{1})); }
  Tensor numbers(const char* type, DType dtype = DType::kFloat32) {
    return run({op(type, {state_, philox(), five()}, {{"dtype", dtype}})})[0];
  }
  std::string state() { return run({op("ReadVariableOp", {state_}, {{"dtype", DType::kInt64}})})[0].summarize(); }
  Endpoint state_;
};

TEST_F(StatefulRandom, NumbersAreThoseOfTensorFlow) {
  const Tensor uniform = numbers("StatefulUniform");
  EXPECT_FLOAT_EQ(uniform.flat<float>()[0], 0.16008341312408447f);
  EXPECT_FLOAT_EQ(uniform.flat<float>()[4], 0.35187995433807373f);
  EXPECT_EQ(state(), "1285 7 9");
  assign(Tensor::vector<int64_t>({5, 7, 9}));
  EXPECT_FLOAT_EQ(numbers("StatefulStandardNormalV2").flat<float>()[4], -0.031942661851644516f);
  assign(Tensor::vector<int64_t>({5, 7, 9}));
  EXPECT_FLOAT_EQ(numbers("StatefulTruncatedNormal").flat<float>()[4], 0.598777174949646f);
}

TEST_F(StatefulRandom, IntegersAreThoseOfTensorFlow) {
  EXPECT_EQ(numbers("StatefulUniformFullInt", DType::kInt32).summarize(-1), "-669745763 -1288121452 2076838403 -145198876 -1968371097");
  assign(Tensor::vector<int64_t>({5, 7, 9}));
  EXPECT_EQ(numbers("StatefulUniformFullInt", DType::kUint64).flat<uint64_t>()[1], 17823119651950430723u);
  assign(Tensor::vector<int64_t>({5, 7, 9}));
  const Endpoint low = constant(Tensor::scalar(int64_t{-3})), high = constant(Tensor::scalar(int64_t{100}));
  EXPECT_EQ(run({op("StatefulUniformInt", {state_, philox(), five(), low, high})})[0].summarize(-1), "67 16 53 66 20");
}

TEST_F(StatefulRandom, StreamIsSkipped) {
  run({}, {}, {node("RngSkip", {state_, philox(), constant(Tensor::scalar(int64_t{3}))})});
  EXPECT_EQ(state(), "773 7 9");
}

TEST_F(StatefulRandom, WrongStatesAndAlgorithmsAreErrors) {
  const std::string message = error({op("StatefulUniform", {state_, constant(Tensor::scalar(int64_t{2})), five()})});
  EXPECT_EQ(message.substr(0, message.find('\n')), "Unsupported algorithm id: 2");
  graph_.versions.producer = 28;
  EXPECT_EQ(run({op("StatefulStandardNormal", {state_, five()})})[0].dim(0), 5);
  EXPECT_EQ(run({op("NonDeterministicInts", {five()})})[0].dim(0), 5);
}

}  // namespace
}  // namespace reflow::ops
