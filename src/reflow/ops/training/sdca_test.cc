// SdcaOptimizer: one example, as TensorFlow 1.15 changes its state and the weights; several of which none touches another's
// features, so that their order doesn't matter.

#include <fmt/format.h>

#include "tests/kit/op_case.h"
#include "tests/kit/session_fixture.h"

namespace reflow::ops {
namespace {

using graph::AttrMap;
using graph::Endpoint;
using testing::CaseArgument;
using testing::OpCase;
using testing::OpCaseTest;

OpCase one_example(const char* op, const char* loss, std::vector<float> state, std::vector<float> sparse, std::vector<float> dense) {
  const auto ints = [](std::initializer_list<int64_t> values) { return std::vector<Tensor>{Tensor::vector<int64_t>(values)}; };
  const auto floats = [](std::vector<float> values, Shape shape) { return Tensor::from(std::span<const float>(values), shape); };
  return {.op = op,
          .name = loss,
          .attrs = {{"loss_type", std::string(loss)}, {"l1", 0.1f}, {"l2", 0.5f}, {"num_loss_partitions", int64_t{1}}, {"num_inner_iterations", int64_t{1}}},
          .inputs = {ints({0, 0}), ints({7, 3}), std::vector<Tensor>{Tensor::vector<float>({0.5f, -1})},
                     std::vector<Tensor>{Tensor::from<float>({1, 2}, {1, 2})}, Tensor::vector<float>({0.7f}), Tensor::vector<float>({1}),
                     ints({3, 7}), std::vector<Tensor>{Tensor::vector<float>({0.1f, 0.2f})}, std::vector<Tensor>{Tensor::vector<float>({0.3f, -0.4f})},
                     Tensor::from<float>({0.2f, 0, 0, 0}, {1, 4})},
          .outputs = {floats(std::move(state), {1, 4}), floats(std::move(sparse), {2}), floats(std::move(dense), {2})},
          .has_gradient_check = false};
}

const OpCaseTest logistic{one_example("SdcaOptimizer", "logistic_loss", {0.32028263807f, 0.59804868698f, -0.35028168559f, 0.7f},
                                      {-0.16839571297f, 0.08419785649f}, {0.16839571297f, 0.33679142595f})};
const OpCaseTest squared{one_example("SdcaOptimizer", "squared_loss", {0.31282052398f, 0.59149998426f, -0.126f, 0.7f},
                                     {-0.15794871747f, 0.07897435874f}, {0.15794871747f, 0.31589743495f})};
const OpCaseTest hinge{one_example("SdcaOptimizerV2", "hinge_loss", {0.34857144952f, 0.90999996662f, -0.14f, 0.7f}, {-0.208f, 0.104f}, {0.208f, 0.416f})};
const OpCaseTest smooth{one_example("SdcaOptimizerV2", "smooth_hinge_loss", {0.31282052398f, 0.56f, -0.126f, 0.7f},
                                    {-0.15794871747f, 0.07897435874f}, {0.15794871747f, 0.31589743495f})};
const OpCaseTest poisson{one_example("SdcaOptimizer", "poisson_loss", {0.20768101513f, 0.72857272625f, -0.6849603653f, 0.7f},
                                     {-0.010753409f, 0.0053767045f}, {0.010753409f, 0.0215068180f})};
const OpCaseTest fingerprints{{.op = "SdcaFprint",
                               .inputs = {Tensor::vector<std::string>({"abc", "", "a longer string than sixteen bytes"})},
                               .outputs = {Tensor::from<int64_t>({4143508125394299908, -6879828354153669051, 4463240938071824939, 4374473821787594281,
                                                                  -1824974938704250102, -6338561916420346426}, {3, 2})}}};

class Sdca : public reflow::testing::SessionFixture {
 protected:
  // A step of a model with one dense feature for each of two examples.
  std::string step(float label, bool adaptive) {
    const AttrMap attrs = {{"loss_type", "logistic_loss"}, {"l1", 0.0f}, {"l2", 1.0f}, {"num_loss_partitions", int64_t{1}},
                           {"num_inner_iterations", int64_t{1}}, {"adaptative", adaptive}};
    const std::vector<Endpoint> none;
    const Endpoint features = constant(Tensor::from<float>({1, 0, 0, 1}, {2, 2}));
    Node* made = node("SdcaOptimizer", {none, none, none, std::vector<Endpoint>{features}, constant(Tensor::vector<float>({1, 1})),
                                        constant(Tensor::vector<float>({1, label})), none, none,
                                        std::vector<Endpoint>{constant(Tensor::vector<float>({0, 0}))}, constant(Tensor::from<float>({0, 0, 0, 0, 0, 0, 0, 0}, {2, 4}))},
                      attrs);
    std::vector<Tensor> result;
    const Status status = try_run({made->output(1)}, {}, {}, &result);
    if (!status.ok()) return std::string(message_of(status));
    return fmt::format("{:.4f} {:.4f}", result[0].data<float>()[0], result[0].data<float>()[1]);
  }
};

TEST_F(Sdca, ExamplesWithoutCommonFeatures) { EXPECT_EQ(step(0, false), "0.4011 -0.4011"); }
TEST_F(Sdca, OtherLabelsAreErrors) { EXPECT_NE(step(3, false).find("Only labels of 0.0 or 1.0 are supported right now."), std::string::npos); }
TEST_F(Sdca, AdaptivePassesMoveWeightsTheSameWay) { EXPECT_NE(step(0, true), "0.0000 0.0000"); }

TEST_F(Sdca, ShrinkingTakesOffTheSameOfAllWeights) {
  const Endpoint weights = variable({3}, "weights");
  const Endpoint set = op("Assign", {weights, constant(Tensor::vector<float>({1, -0.1f, -2}))});
  Node* shrink = node("SdcaShrinkL1", {std::vector<Endpoint>{weights}}, {{"l1", 0.5f}, {"l2", 2.0f}}, "", {set.node});
  run({}, {}, {shrink});
  EXPECT_EQ(run({weights})[0].summarize(-1), "0.75 -0 -1.75");
}

}  // namespace
}  // namespace reflow::ops
