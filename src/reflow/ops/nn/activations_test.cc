#include <limits>

#include "tests/kit/op_case.h"

namespace reflow::ops {
namespace {

using testing::OpCaseTest;

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

Tensor x() { return Tensor::vector<float>({-2, -0.5f, 0.25f, 1.5f, 7}); }
Tensor dy() { return Tensor::vector<float>({1, 2, -3, 0.5f, 2}); }
Tensor y() { return Tensor::vector<float>({-0.8f, -0.5f, 0.25f, 1.5f, 7}); }
std::vector<testing::CaseArgument> wrong_sizes() {
  return {Tensor::vector<float>({1, 2}), Tensor::vector<float>({1, 2, 3})};
}
std::string wrong_sizes_text(const std::string& op) {
  return "Inputs to operation op of type " + op +
         " must have the same size and shape.  Input 0: [2] != input 1: [3]";
}
const std::vector<std::string> kUnaryShapes = {"[2,?] -> in0", "? -> ?"};
const std::vector<std::string> kBackwardShapes = {
    "[2,?];[?,3] -> [d0_0,d1_1]", "?;[2] -> in1", "?;? -> ?",
    "[2,3];[3] -> error: Shapes must be equal rank, but are 2 and 1"};

const OpCaseTest relu{{.op = "Relu",
                       .inputs = {x()},
                       .outputs = {Tensor::vector<float>({0, 0, 0.25f, 1.5f, 7})},
                       .shapes = kUnaryShapes}};
const OpCaseTest relu_specials{{.op = "Relu",
                                .name = "Specials",
                                .inputs = {Tensor::vector<float>({kNaN, kInf, -kInf, -0.0f})},
                                .outputs = {Tensor::vector<float>({kNaN, kInf, 0, -0.0f})},
                                .has_gradient_check = false}};
const OpCaseTest relu_int{{.op = "Relu",
                           .name = "Int8",
                           .inputs = {Tensor::vector<int8_t>({-128, -1, 0, 127})},
                           .outputs = {Tensor::vector<int8_t>({0, 0, 0, 127})}}};
const OpCaseTest relu_grad{{.op = "ReluGrad",
                            .inputs = {dy(), x()},
                            .outputs = {Tensor::vector<float>({0, 0, -3, 0.5f, 2})},
                            .shapes = kBackwardShapes,
                            .bad_inputs = wrong_sizes(),
                            .error = wrong_sizes_text("ReluGrad")}};
const OpCaseTest relu6{{.op = "Relu6",
                        .inputs = {x()},
                        .outputs = {Tensor::vector<float>({0, 0, 0.25f, 1.5f, 6})},
                        .shapes = kUnaryShapes}};
const OpCaseTest relu6_grad{{.op = "Relu6Grad",
                             .inputs = {dy(), x()},
                             .outputs = {Tensor::vector<float>({0, 0, -3, 0.5f, 0})},
                             .shapes = kBackwardShapes,
                             .bad_inputs = wrong_sizes(),
                             .error = wrong_sizes_text("Relu6Grad")}};
const OpCaseTest leaky_relu{{.op = "LeakyRelu",
                             .inputs = {x()},
                             .outputs = {Tensor::vector<float>({-0.4f, -0.1f, 0.25f, 1.5f, 7})},
                             .shapes = kUnaryShapes}};
const OpCaseTest leaky_relu_steep{{.op = "LeakyRelu",
                                   .name = "Steep",
                                   .attrs = {{"alpha", 2.0f}},
                                   .inputs = {Tensor::vector<float>({-2, 3, kNaN, -kInf})},
                                   .outputs = {Tensor::vector<float>({-4, 3, kNaN, -kInf})},
                                   .has_gradient_check = false}};
const OpCaseTest leaky_relu_grad{{.op = "LeakyReluGrad",
                                  .inputs = {dy(), x()},
                                  .outputs = {Tensor::vector<float>({0.2f, 0.4f, -3, 0.5f, 2})},
                                  .shapes = kBackwardShapes,
                                  .bad_inputs = wrong_sizes(),
                                  .error = wrong_sizes_text("LeakyReluGrad")}};
const OpCaseTest elu{{.op = "Elu",
                      .inputs = {x()},
                      .outputs = {Tensor::vector<float>({-0.8646647f, -0.3934693f, 0.25f, 1.5f, 7})},
                      .shapes = kUnaryShapes}};
const OpCaseTest elu_grad{{.op = "EluGrad",
                           .inputs = {dy(), y()},
                           .outputs = {Tensor::vector<float>({0.2f, 1, -3, 0.5f, 2})},
                           .shapes = kBackwardShapes,
                           .bad_inputs = wrong_sizes(),
                           .error = wrong_sizes_text("EluGrad")}};
const OpCaseTest selu{{.op = "Selu",
                       .inputs = {x()},
                       .outputs = {Tensor::vector<float>({-1.520167f, -0.6917582f, 0.2626753f, 1.576051f, 7.354907f})},
                       .shapes = kUnaryShapes}};
const OpCaseTest selu_grad{
    {.op = "SeluGrad",
     .inputs = {dy(), y()},
     .outputs = {Tensor::vector<float>({0.9580993f, 2.516199f, -3.152103f, 0.5253505f, 2.101402f})},
     .shapes = kBackwardShapes,
     .bad_inputs = wrong_sizes(),
     .error = wrong_sizes_text("SeluGrad")}};
const OpCaseTest softplus{
    {.op = "Softplus",
     .inputs = {x()},
     .outputs = {Tensor::vector<float>({0.126928f, 0.474077f, 0.8259394f, 1.701413f, 7.000912f})},
     .shapes = kUnaryShapes}};
const OpCaseTest softplus_half{{.op = "Softplus",
                                .name = "Half",
                                .inputs = {Tensor::vector<Half>({Half(-2), Half(1.5f)})},
                                .outputs = {Tensor::vector<Half>({Half(0.126928f), Half(1.701413f)})},
                                .has_gradient_check = false}};
const OpCaseTest softplus_grad{
    {.op = "SoftplusGrad",
     .inputs = {dy(), x()},
     .outputs = {Tensor::vector<float>({0.1192029f, 0.7550814f, -1.68653f, 0.4087872f, 1.998178f})},
     .shapes = kBackwardShapes,
     .bad_inputs = wrong_sizes(),
     .error = wrong_sizes_text("SoftplusGrad")}};
const OpCaseTest softsign{{.op = "Softsign",
                           .inputs = {x()},
                           .outputs = {Tensor::vector<float>({-0.6666667f, -0.3333333f, 0.2f, 0.6f, 0.875f})},
                           .shapes = kUnaryShapes}};
const OpCaseTest softsign_grad{
    {.op = "SoftsignGrad",
     .inputs = {dy(), x()},
     .outputs = {Tensor::vector<float>({0.1111111f, 0.8888889f, -1.92f, 0.08f, 0.03125f})},
     .shapes = kBackwardShapes,
     .bad_inputs = wrong_sizes(),
     .error = wrong_sizes_text("SoftsignGrad")}};

}  // namespace
}  // namespace reflow::ops
