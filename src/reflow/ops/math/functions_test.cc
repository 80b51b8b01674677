// Functions of one operand, and their gradient ops: exponential.cc, trigonometric.cc, rounding.cc, complex.cc, special.cc.

#include <cmath>
#include <limits>
#include <string>

#include "tests/kit/op_case.h"

namespace reflow::ops {
namespace {

using testing::OpCase;
using testing::OpCaseTest;

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
using Complex = std::complex<float>;

const std::vector<std::string> kShapes = {"[2,?] -> in0", "? -> ?"};

OpCase at(const char* op, std::initializer_list<float> x, std::initializer_list<float> y) {
  return {.op = op, .inputs = {Tensor::vector<float>(x)}, .outputs = {Tensor::vector<float>(y)}, .shapes = kShapes};
}
OpCase edges(const char* op, std::initializer_list<float> x, std::initializer_list<float> y) {
  OpCase c = at(op, x, y);
  c.name = "Edges";
  c.has_gradient_check = false;
  return c;
}
OpCase of_complex(const char* op, Complex x, Complex y) {
  return {.op = op,
          .name = "Complex",
          .inputs = {Tensor::scalar(x)},
          .outputs = {Tensor::scalar(y)},
          .has_gradient_check = false};
}

const OpCaseTest kFunctions[] = {
    OpCaseTest(at("Abs", {-2, 0.5f}, {2, 0.5f})),
    OpCaseTest(at("Neg", {-2, 0.5f}, {2, -0.5f})),
    OpCaseTest(at("Sign", {-2, 0.5f}, {-1, 1})),
    OpCaseTest(at("Square", {-2, 0.5f}, {4, 0.25f})),
    OpCaseTest(at("Sqrt", {4, 0.25f}, {2, 0.5f})),
    OpCaseTest(at("Rsqrt", {4, 0.25f}, {0.5f, 2})),
    OpCaseTest(at("Reciprocal", {4, -0.5f}, {0.25f, -2})),
    OpCaseTest(at("Inv", {4, -0.5f}, {0.25f, -2})),
    OpCaseTest(at("Exp", {0, 1, -2}, {1, 2.7182818f, 0.13533528f})),
    OpCaseTest(at("Expm1", {0, 1, 1e-4f}, {0, 1.7182818f, 1.00005e-4f})),
    OpCaseTest(at("Log", {1, 0.5f}, {0, -0.6931472f})),
    OpCaseTest(at("Log1p", {0, 1, 1e-4f}, {0, 0.6931472f, 0.99995e-4f})),
    OpCaseTest(at("Sin", {0.5f, -2}, {0.47942554f, -0.9092974f})),
    OpCaseTest(at("Cos", {0.5f, -2}, {0.87758256f, -0.41614684f})),
    OpCaseTest(at("Tan", {0.5f, -2}, {0.5463025f, 2.1850399f})),
    OpCaseTest(at("Asin", {0.5f, -0.9f}, {0.52359878f, -1.1197695f})),
    OpCaseTest(at("Acos", {0.5f, -0.9f}, {1.0471976f, 2.6905658f})),
    OpCaseTest(at("Atan", {0.5f, -2}, {0.46364761f, -1.1071487f})),
    OpCaseTest(at("Sinh", {0.5f, -2}, {0.52109531f, -3.6268604f})),
    OpCaseTest(at("Cosh", {0.5f, -2}, {1.127626f, 3.7621957f})),
    OpCaseTest(at("Tanh", {0.5f, -2}, {0.46211716f, -0.96402758f})),
    OpCaseTest(at("Asinh", {0.5f, -2}, {0.48121183f, -1.4436355f})),
    OpCaseTest(at("Acosh", {1.5f, 3}, {0.96242365f, 1.7627472f})),
    OpCaseTest(at("Atanh", {0.5f, -0.9f}, {0.54930614f, -1.4722193f})),
    OpCaseTest(at("Sigmoid", {0.5f, -2}, {0.62245933f, 0.11920292f})),
    OpCaseTest(at("Erf", {0.5f, -2}, {0.52049988f, -0.99532227f})),
    OpCaseTest(at("Erfc", {0.5f, -2}, {0.47950012f, 1.9953223f})),
    OpCaseTest(at("Lgamma", {0.5f, 5}, {0.57236494f, 3.1780538f})),
    OpCaseTest(at("Digamma", {0.5f, 5}, {-1.9635100f, 1.5061177f})),
    OpCaseTest(at("BesselI0e", {0.5f, -40}, {0.64503527f, 0.06327828f})),
    OpCaseTest(at("BesselI1e", {0.5f, -40}, {0.15642080f, -0.06248223f})),
    OpCaseTest(at("Floor", {1.5f, -1.5f}, {1, -2})),
    OpCaseTest(at("Ceil", {1.5f, -1.5f}, {2, -1})),
    OpCaseTest(edges("Round", {0.5f, 1.5f, 2.5f, -0.5f, kInf}, {0, 2, 2, -0.0f, kInf})),
    OpCaseTest(edges("Rint", {0.5f, 1.5f, 2.5f, -2.5f}, {0, 2, 2, -2})),
    OpCaseTest(edges("Sign", {kNaN, -0.0f, -kInf}, {0, 0, -1})),
    OpCaseTest(edges("Exp", {kNaN, kInf, -kInf}, {kNaN, kInf, 0})),
    OpCaseTest(edges("Log", {kNaN, 0, -1, kInf}, {kNaN, -kInf, kNaN, kInf})),
    OpCaseTest(edges("Lgamma", {0, -1, kInf}, {kInf, kInf, kInf})),
    OpCaseTest(edges("Digamma", {0, -1, -0.5f}, {kInf, kInf, 0.03648998f})),
    OpCaseTest(of_complex("Exp", {0, 1}, {0.5403023f, 0.841471f})),
    OpCaseTest(of_complex("Expm1", {1e-4f, 0}, {1.00005e-4f, 0})),
    OpCaseTest(of_complex("Log1p", {0, 1}, {0.34657359f, 0.78539816f})),
    OpCaseTest(of_complex("Sqrt", {-4, 0}, {0, 2})),
    OpCaseTest(of_complex("Sign", {3, 4}, {0.6f, 0.8f})),
    OpCaseTest(of_complex("Tanh", {0, 1}, {0, 1.5574077f})),
    OpCaseTest(of_complex("Conj", {1, 2}, {1, -2})),
};

const OpCaseTest abs_int{{.op = "Abs",
                          .name = "IntMin",
                          .inputs = {Tensor::vector<int32_t>({INT32_MIN, -5, 5})},
                          .outputs = {Tensor::vector<int32_t>({INT32_MIN, 5, 5})}}};
const OpCaseTest is_nan{{.op = "IsNan",
                         .inputs = {Tensor::vector<float>({kNaN, kInf, 1})},
                         .outputs = {Tensor::vector<bool>({true, false, false})}}};
const OpCaseTest is_inf{{.op = "IsInf",
                         .inputs = {Tensor::vector<Half>({Half(kNaN), Half(-kInf), Half(1.f)})},
                         .outputs = {Tensor::vector<bool>({false, true, false})}}};
const OpCaseTest is_finite{{.op = "IsFinite",
                            .inputs = {Tensor::vector<double>({NAN, INFINITY, 1})},
                            .outputs = {Tensor::vector<bool>({false, false, true})}}};

const OpCaseTest pow{{.op = "Pow",
                      .inputs = {Tensor::vector<float>({2, 3, 0.5f}), Tensor::vector<float>({3, -1, 2})},
                      .outputs = {Tensor::vector<float>({8, 0.33333334f, 0.25f})}}};
const OpCaseTest pow_int{{.op = "Pow",
                          .name = "Int",
                          .inputs = {Tensor::vector<int64_t>({2, -2, 0, 3}), Tensor::vector<int64_t>({62, 3, 0, 41})},
                          .outputs = {Tensor::vector<int64_t>({int64_t{1} << 62, -8, 1, -420491770248316829})},
                          .bad_inputs = {Tensor::vector<int64_t>({2}), Tensor::vector<int64_t>({-1})},
                          .error = "Integers to negative integer powers are not allowed"}};
const OpCaseTest atan2{{.op = "Atan2",
                        .inputs = {Tensor::vector<float>({1, -1}), Tensor::vector<float>({-1, -1})},
                        .outputs = {Tensor::vector<float>({2.3561945f, -2.3561945f})}}};

OpCase of_y_and_dy(const char* op, float y, float dy, float dx) {
  return {.op = op,
          .inputs = {Tensor::vector<float>({y}), Tensor::vector<float>({dy})},
          .outputs = {Tensor::vector<float>({dx})},
          .shapes = {"[2,?];? -> in0"},
          .bad_inputs = {Tensor::vector<float>({1, 2}), Tensor::vector<float>({1, 2, 3})},
          .error = "y and dy must be of the same shape. y shape: [2]. dy shape: [3]"};
}
const OpCaseTest kGradients[] = {
    OpCaseTest(of_y_and_dy("SqrtGrad", 2, 3, 0.75f)),        OpCaseTest(of_y_and_dy("RsqrtGrad", 2, 3, -12)),
    OpCaseTest(of_y_and_dy("ReciprocalGrad", 2, 3, -12)),    OpCaseTest(of_y_and_dy("InvGrad", 2, 3, -12)),
    OpCaseTest(of_y_and_dy("TanhGrad", 0.5f, 3, 2.25f)),     OpCaseTest(of_y_and_dy("SigmoidGrad", 0.25f, 4, 0.75f)),
};

const OpCaseTest real{{.op = "Real", .inputs = {Tensor::scalar(Complex(1, 2))}, .outputs = {Tensor::scalar(1.0f)}, .has_gradient_check = false}};
const OpCaseTest imag{{.op = "Imag", .inputs = {Tensor::scalar(Complex(1, 2))}, .outputs = {Tensor::scalar(2.0f)}, .has_gradient_check = false}};
const OpCaseTest angle{{.op = "Angle", .inputs = {Tensor::scalar(Complex(0, 2))}, .outputs = {Tensor::scalar(1.5707964f)}, .has_gradient_check = false}};
const OpCaseTest complex_abs{{.op = "ComplexAbs", .inputs = {Tensor::scalar(Complex(3, 4))}, .outputs = {Tensor::scalar(5.0f)}, .has_gradient_check = false}};
const OpCaseTest complex{{.op = "Complex",
                          .inputs = {Tensor::vector<float>({1, 2}), Tensor::scalar(3.0f)},
                          .outputs = {Tensor::vector<Complex>({{1, 3}, {2, 3}})},
                          .shapes = {"[2];[?,1] -> [?,2]"},
                          .has_gradient_check = false}};

OpCase of_two(const char* op, float a, float x, float z) {
  return {.op = op,
          .inputs = {Tensor::vector<float>({a}), Tensor::vector<float>({x})},
          .outputs = {Tensor::vector<float>({z})},
          .has_gradient_check = false};
}
const OpCaseTest kSpecial[] = {
    OpCaseTest(of_two("Igamma", 2.5f, 1.5f, 0.30001416f)),   OpCaseTest(of_two("Igammac", 2.5f, 1.5f, 0.69998584f)),
    OpCaseTest(of_two("IgammaGradA", 2.5f, 1.5f, -0.2521754f)), OpCaseTest(of_two("Zeta", 2, 1, 1.644934f)),
    OpCaseTest(of_two("Polygamma", 1, 0.5f, 4.934802f)),     OpCaseTest(of_two("NextAfter", 1, 2, 1.0000001f)),
};
const OpCaseTest betainc{{.op = "Betainc",
                          .inputs = {Tensor::vector<float>({2, 0.5f}), Tensor::scalar<float>(3), Tensor::vector<float>({0.25f, 0.5f})},
                          .outputs = {Tensor::vector<float>({0.26171875f, 0.95017474f})},
                          .shapes = {"[2];[];[2] -> [2]"},
                          .has_gradient_check = false}};

}  // namespace
}  // namespace reflow::ops
