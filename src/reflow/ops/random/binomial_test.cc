// StatefulRandomBinomial.

#include <cmath>

#include "tests/kit/session_fixture.h"

namespace reflow::ops {
namespace {

using graph::Endpoint;

class Binomial : public reflow::testing::SessionFixture {
 protected:
  Endpoint stream() {
    const Endpoint handle = op("VarHandleOp", {}, {{"dtype", DType::kInt64}, {"shape", Shape{3}}, {"shared_name", "stream"}});
    set_ = node("AssignVariableOp", {handle, constant(Tensor::vector<int64_t>({1, 2, 3}))});
    return handle;
  }
  Endpoint samples(Endpoint handle, Shape shape, Tensor counts, Tensor probs, DType type) {
    Tensor sizes(DType::kInt32, Shape{shape.rank()});
    for (int d = 0; d < shape.rank(); ++d) sizes.data<int32_t>()[d] = static_cast<int32_t>(shape.dim(d));
    return op("StatefulRandomBinomial", {handle, constant(Tensor::scalar(int64_t{1})), constant(sizes), constant(std::move(counts)),
                                         constant(std::move(probs))}, {{"dtype", type}});
  }
  Node* set_ = nullptr;
};

// The numbers are those of TensorFlow 1.15.
TEST_F(Binomial, FrequentSuccesses) {
  const Endpoint y = samples(stream(), {6}, Tensor::vector<float>({50}), Tensor::vector<float>({0.5f}), DType::kFloat32);
  run({}, {}, {set_});
  EXPECT_EQ(run({y})[0].summarize(-1), "27 27 24 24 22 27");
}
TEST_F(Binomial, ParametersOfTheirOwn) {
  const Endpoint y = samples(stream(), {3, 5}, Tensor::vector<float>({50, 10, 40}), Tensor::vector<float>({0.5f, 0.2f, 0.7f}),
                             DType::kFloat32);
  run({}, {}, {set_});
  EXPECT_EQ(run({y})[0].summarize(-1), "[27 27 24 24 22][1 3 0 3 2][26 29 28 29 24]");
}
TEST_F(Binomial, RareSuccesses) {
  const Endpoint y = samples(stream(), {8}, Tensor::vector<float>({10}), Tensor::vector<float>({0.2f}), DType::kFloat32);
  run({}, {}, {set_});
  EXPECT_EQ(run({y})[0].summarize(-1), "6 1 2 1 3 0 3 2");
}

TEST_F(Binomial, MeansAreThoseOfTheDistribution) {
  const Endpoint y = samples(stream(), {4, 4000}, Tensor::vector<double>({10, 10, 1000, 1000}), Tensor::vector<double>({0.2, 0.9, 0.3, 0.98}),
                             DType::kInt64);
  run({}, {}, {set_});
  const Tensor values = run({y})[0];
  const double means[] = {2, 9, 300, 980}, deviations[] = {std::sqrt(1.6), std::sqrt(0.9), std::sqrt(210), std::sqrt(19.6)};
  for (int row = 0; row < 4; ++row) {
    double sum = 0;
    for (int64_t i = 0; i < 4000; ++i) sum += static_cast<double>(values.data<int64_t>()[row * 4000 + i]);
    EXPECT_NEAR(sum / 4000, means[row], 4 * deviations[row] / std::sqrt(4000.0)) << row;
  }
}

TEST_F(Binomial, ExtremeProbabilities) {
  const Endpoint y = samples(stream(), {3}, Tensor::vector<float>({0, 5, 5}), Tensor::vector<float>({0.5f, 0, 1}), DType::kFloat32);
  run({}, {}, {set_});
  EXPECT_EQ(run({y})[0].summarize(-1), "0 0 5");
}

TEST_F(Binomial, GoesOnInTheStream) {
  const Endpoint y = samples(stream(), {8}, Tensor::vector<float>({100}), Tensor::vector<float>({0.5f}), DType::kFloat32);
  run({}, {}, {set_});
  EXPECT_NE(run({y})[0].summarize(-1), run({y})[0].summarize(-1));
}

TEST_F(Binomial, ParametersAreOneOrAsManyAsRows) {
  const Endpoint y = samples(stream(), {3, 2}, Tensor::vector<float>({1, 2}), Tensor::vector<float>({0.5f}), DType::kFloat32);
  run({}, {}, {set_});
  EXPECT_NE(error({y}).find("Input counts should have length 1 or shape[0], got shape: [2]"), std::string::npos);
}

}  // namespace
}  // namespace reflow::ops
