// Every gradient agrees with the slopes of its op: on inputs of the golden vectors, of the cases below, or of the op cases
// beside the ops; tests/data/numeric_gradients.json has the reason where there is no such check.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "reflow/graph/op_def.h"
#include "reflow/op/gradient.h"
#include "tests/kit/golden_file.h"
#include "tests/kit/golden_kernel_case.h"
#include "tests/kit/golden_tensor.h"
#include "tests/kit/op_case.h"

namespace reflow::testing {
namespace {

using Json = nlohmann::json;

constexpr int kCasesOfAnOp = 5;
constexpr int64_t kMostElements = 400;  // of the inputs of a case

bool is_continuous(DType type) {
  return type == DType::kFloat32 || type == DType::kFloat64 || type == DType::kComplex64 || type == DType::kComplex128;
}

// Ops of which some outputs are there for gradients only, or whose gradients TensorFlow takes to come through some alone.
const std::map<std::string, std::vector<int>> kOutputs = {
    {"BlockLSTM", {6}},       {"CTCLoss", {0}},          {"SoftmaxCrossEntropyWithLogits", {0}}, {"SparseSoftmaxCrossEntropyWithLogits", {0}},
    {"FusedBatchNorm", {0}},  {"FusedBatchNormV2", {0}}, {"FusedBatchNormV3", {0}},              {"FusedBatchNormGrad", {0, 1, 2}},
    {"FusedBatchNormGradV2", {0, 1, 2}}, {"FusedBatchNormGradV3", {0, 1, 2}}};

// The op case of a golden one, to the inputs that TensorFlow has gradients to; without op: too large, or there are none.
OpCase op_case_of(const Json& golden, const Npz& npz) {
  const graph::OpDef& op = *graph::OpRegistry::global().find(golden.at("op").get<std::string>());
  std::vector<Tensor> inputs;
  std::vector<int> sources;
  int64_t continuous = 0;
  for (size_t i = 0; i < golden.at("in").size(); ++i) {
    inputs.push_back(referenced_tensor(npz, golden["in"][i]));
    if (!is_continuous(inputs.back().dtype()) || golden.at("grad").at(i).is_null()) continue;
    continuous += inputs.back().num_elements();
    sources.push_back(static_cast<int>(i));
  }
  if (continuous == 0 || continuous > kMostElements) return {};
  OpCase result{.op = op.name, .attrs = attrs_from_json(op, golden.at("attrs")), .gradient_inputs = sources, .gradient_tolerance = 1e-5};
  if (const auto outputs = kOutputs.find(op.name); outputs != kOutputs.end()) result.gradient_outputs = outputs->second;
  size_t next = 0;
  for (const graph::ArgDef& arg : op.inputs) {
    if (!arg.is_list()) {
      result.inputs.emplace_back(inputs.at(next++));
      continue;
    }
    const size_t n = golden.at("list_inputs").at(arg.name);
    result.inputs.emplace_back(std::vector<Tensor>(inputs.begin() + next, inputs.begin() + next + n));
    next += n;
  }
  return result;
}

// By op, the cases of which TensorFlow knows gradients.
std::map<std::string, std::vector<std::pair<std::string, OpCase>>> golden_cases() {
  std::map<std::string, std::vector<std::pair<std::string, OpCase>>> cases;
  for (const std::string& path : golden_kernel_families()) {
    const Npz npz = read_golden_npz(path + ".npz");
    for (const Json& golden : read_golden_json(path + ".json")) {
      const std::string op = golden.at("op");
      if (!golden.contains("grad") || golden.contains("error") || graph::OpRegistry::global().find(op) == nullptr) continue;
      if (cases[op].size() >= kCasesOfAnOp) continue;
      OpCase made = op_case_of(golden, npz);
      if (!made.op.empty()) cases[op].emplace_back(golden.at("id").get<std::string>(), std::move(made));
    }
  }
  return cases;
}

// Numbers between 0.5 and 1.5, all different.
Tensor doubles(const Shape& shape) {
  Tensor x(DType::kFloat64, shape);
  for (int64_t i = 0; i < x.num_elements(); ++i) x.data<double>()[i] = 1 + 0.5 * std::sin(1.3 * i + 1);
  return x;
}
Tensor floats(const Shape& shape) {
  Tensor x(DType::kFloat32, shape);
  for (int64_t i = 0; i < x.num_elements(); ++i) x.data<float>()[i] = static_cast<float>(0.5 * std::sin(1.3 * i + 1));
  return x;
}
Tensor complexes(const Shape& shape, DType type = DType::kComplex128) {
  Tensor x(type, shape);
  for (int64_t i = 0; i < x.num_elements(); ++i) {
    const std::complex<double> z(1 + 0.5 * std::sin(1.3 * i + 1), std::cos(1.7 * i));
    if (type == DType::kComplex64) x.data<std::complex<float>>()[i] = std::complex<float>(z);
    else x.data<std::complex<double>>()[i] = z;
  }
  return x;
}

// Of the eight numbers that two by two by two pixels have.
float largest() {
  const Tensor x = floats({8});
  return *std::max_element(x.data<float>(), x.data<float>() + 8);
}

const OpCaseTest kCases[] = {
    // Complex numbers, which the golden vectors have no gradients of.
    OpCaseTest{{.op = "Angle", .name = "Slopes", .attrs = {{"Tout", DType::kFloat64}}, .inputs = {complexes({4})}}},
    OpCaseTest{{.op = "Complex", .name = "Slopes", .attrs = {{"Tout", DType::kComplex128}}, .inputs = {doubles({4}), doubles({4})}}},
    OpCaseTest{{.op = "ComplexAbs", .name = "Slopes", .attrs = {{"Tout", DType::kFloat64}}, .inputs = {complexes({4})}}},
    OpCaseTest{{.op = "Conj", .name = "Slopes", .inputs = {complexes({4})}}},
    OpCaseTest{{.op = "Real", .name = "Slopes", .attrs = {{"Tout", DType::kFloat64}}, .inputs = {complexes({4})}}},
    OpCaseTest{{.op = "Imag", .name = "Slopes", .attrs = {{"Tout", DType::kFloat64}}, .inputs = {complexes({4})}}},
    OpCaseTest{{.op = "FFT", .name = "Slopes", .inputs = {complexes({2, 5})}}},
    OpCaseTest{{.op = "FFT2D", .name = "Slopes", .inputs = {complexes({2, 3, 2})}}},
    OpCaseTest{{.op = "FFT3D", .name = "Slopes", .inputs = {complexes({2, 3, 2})}}},
    OpCaseTest{{.op = "IFFT", .name = "Slopes", .inputs = {complexes({2, 5})}}},
    OpCaseTest{{.op = "IFFT2D", .name = "Slopes", .inputs = {complexes({2, 3, 2})}}},
    OpCaseTest{{.op = "IFFT3D", .name = "Slopes", .inputs = {complexes({2, 3, 2})}}},
    OpCaseTest{{.op = "RFFT", .name = "Slopes", .inputs = {floats({2, 6}), Tensor::vector<int32_t>({6})}}},
    OpCaseTest{{.op = "RFFT2D", .name = "Slopes", .inputs = {floats({1, 3, 4}), Tensor::vector<int32_t>({3, 4})}}},
    OpCaseTest{{.op = "IRFFT", .name = "Slopes", .inputs = {complexes({2, 4}, DType::kComplex64), Tensor::vector<int32_t>({6})}}},
    OpCaseTest{{.op = "IRFFT2D", .name = "Slopes", .inputs = {complexes({3, 3}, DType::kComplex64), Tensor::vector<int32_t>({3, 4})}}},
    // Steps, whose slopes are 0.
    OpCaseTest{{.op = "Ceil", .name = "Slopes", .inputs = {doubles({4})}}},
    OpCaseTest{{.op = "Floor", .name = "Slopes", .inputs = {doubles({4})}}},
    OpCaseTest{{.op = "Rint", .name = "Slopes", .inputs = {doubles({4})}}},
    OpCaseTest{{.op = "Round", .name = "Slopes", .inputs = {doubles({4})}}},
    // Cells and pictures.
    OpCaseTest{{.op = "BlockLSTMV2",
                .name = "Slopes",
                .attrs = {{"use_peephole", true}},
                .inputs = {Tensor::scalar(int64_t{2}), floats({2, 1, 2}), floats({1, 2}), floats({1, 2}), floats({4, 8}), floats({2}),
                           floats({2}), floats({2}), floats({8})},
                .gradient_outputs = {6}}},
    OpCaseTest{{.op = "LSTMBlockCell",
                .name = "Slopes",
                .attrs = {{"use_peephole", true}},
                .inputs = {floats({1, 2}), floats({1, 2}), floats({1, 2}), floats({4, 8}), floats({2}), floats({2}), floats({2}),
                           floats({8})},
                .gradient_outputs = {1, 6}}},
    OpCaseTest{{.op = "GRUBlockCell",
                .name = "Slopes",
                .inputs = {floats({1, 2}), floats({1, 3}), floats({5, 6}), floats({5, 3}), floats({6}), floats({3})},
                .gradient_outputs = {3}}},
    OpCaseTest{{.op = "FractionalMaxPool",
                .name = "Slopes",
                .attrs = {{"pooling_ratio", std::vector<float>{1, 1.5f, 1.4f, 1}},
                          {"deterministic", true}, {"seed", int64_t{1}}, {"seed2", int64_t{2}}},
                .inputs = {doubles({1, 5, 5, 1})}}},
    OpCaseTest{{.op = "RGBToHSV", .name = "Slopes", .inputs = {Tensor::from<double>({.1, .7, .3, .9, .2, .4}, {2, 3})}}},
    // What the golden vectors have in large or in halves only.
    OpCaseTest{{.op = "Asinh", .name = "Slopes", .inputs = {doubles({4})}}},
    OpCaseTest{{.op = "Cos", .name = "Slopes", .inputs = {doubles({4})}}},
    OpCaseTest{{.op = "RsqrtGrad", .name = "Slopes", .inputs = {doubles({4}), doubles({4})}}},
    OpCaseTest{{.op = "UnsortedSegmentMin",
                .name = "Slopes",
                .inputs = {doubles({3, 2}), Tensor::vector<int32_t>({0, 1, 0}), Tensor::scalar(2)}}},
    OpCaseTest{{.op = "ResizeBilinear", .name = "Slopes", .inputs = {floats({1, 3, 3, 1}), Tensor::vector<int32_t>({5, 4})}}},
    OpCaseTest{{.op = "ResizeBicubic", .name = "Slopes", .inputs = {floats({1, 3, 3, 1}), Tensor::vector<int32_t>({5, 4})}}},
    OpCaseTest{{.op = "ScaleAndTranslate",
                .name = "Slopes",
                .inputs = {floats({1, 3, 3, 1}), Tensor::vector<int32_t>({4, 5}), Tensor::vector<float>({1.25f, 1.5f}),
                           Tensor::vector<float>({0, 0.25f})},
                .gradient_inputs = {0}}},
    OpCaseTest{{.op = "MaxPool3DGrad",
                .name = "Slopes",
                .attrs = {{"ksize", std::vector<int64_t>{1, 2, 2, 2, 1}}, {"strides", std::vector<int64_t>{1, 2, 2, 2, 1}}, {"padding", "VALID"}},
                .inputs = {floats({1, 2, 2, 2, 1}), Tensor::from<float>({largest()}, {1, 1, 1, 1, 1}), floats({1, 1, 1, 1, 1})},
                .gradient_inputs = {2}}},
    OpCaseTest{{.op = "MaxPool3DGradGrad",
                .name = "Slopes",
                .attrs = {{"ksize", std::vector<int64_t>{1, 2, 2, 2, 1}}, {"strides", std::vector<int64_t>{1, 2, 2, 2, 1}}, {"padding", "VALID"}},
                .inputs = {floats({1, 2, 2, 2, 1}), Tensor::from<float>({largest()}, {1, 1, 1, 1, 1}), floats({1, 2, 2, 2, 1})},
                .gradient_inputs = {2}}},
    // Sparse tensors.
    OpCaseTest{{.op = "SparseAdd",
                .name = "Slopes",
                .inputs = {Tensor::from<int64_t>({0, 1, 2, 0}, {2, 2}), doubles({2}), Tensor::vector<int64_t>({3, 2}),
                           Tensor::from<int64_t>({0, 1, 1, 1}, {2, 2}), doubles({2}), Tensor::vector<int64_t>({3, 2}),
                           Tensor::scalar(0.0)},
                .gradient_outputs = {1}}},
    OpCaseTest{{.op = "SparseFillEmptyRows",
                .name = "Slopes",
                .inputs = {Tensor::from<int64_t>({0, 1, 2, 0}, {2, 2}), doubles({2}), Tensor::vector<int64_t>({4, 2}), Tensor::scalar(0.5)},
                .gradient_outputs = {1}}},
    OpCaseTest{{.op = "SparseReorder",
                .name = "Slopes",
                .inputs = {Tensor::from<int64_t>({2, 0, 0, 1}, {2, 2}), doubles({2}), Tensor::vector<int64_t>({3, 2})}}},
    OpCaseTest{{.op = "SparseSegmentMean",
                .name = "Slopes",
                .inputs = {doubles({3, 2}), Tensor::vector<int32_t>({2, 0, 1}), Tensor::vector<int32_t>({0, 0, 1})}}},
    OpCaseTest{{.op = "SparseSegmentSumWithNumSegments",
                .name = "Slopes",
                .inputs = {doubles({3, 2}), Tensor::vector<int32_t>({2, 0, 1}), Tensor::vector<int32_t>({0, 0, 1}), Tensor::scalar(4)}}},
    OpCaseTest{{.op = "SparseSegmentMeanWithNumSegments",
                .name = "Slopes",
                .inputs = {doubles({3, 2}), Tensor::vector<int32_t>({2, 0, 1}), Tensor::vector<int32_t>({0, 0, 1}), Tensor::scalar(4)}}},
    OpCaseTest{{.op = "SparseSegmentSqrtNWithNumSegments",
                .name = "Slopes",
                .inputs = {doubles({3, 2}), Tensor::vector<int32_t>({2, 0, 1}), Tensor::vector<int32_t>({0, 0, 1}), Tensor::scalar(4)}}},
    OpCaseTest{{.op = "Print",
                .name = "Slopes",
                .attrs = {{"first_n", int64_t{1}}, {"message", "a test of its gradient "}},
                .inputs = {doubles({2}), std::vector<Tensor>{Tensor::scalar(1)}}}},
};

// Ops that op cases check beside them or here, or that slopes_test.cc names.
std::set<std::string> ops_with_cases() {
  std::set<std::string> ops;
  const std::filesystem::path root = std::filesystem::path(golden_path("tf-1.15")) / "../../..";
  std::vector<std::filesystem::path> files = {root / "tests/numeric_gradients_test.cc", root / "tests/slopes_test.cc"};
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root / "src/reflow/ops")) {
    if (entry.path().string().ends_with("_test.cc")) files.push_back(entry.path());
  }
  for (const std::filesystem::path& path : files) {
    std::ifstream file(path);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const std::string unchecked = std::string("has_gradient_check") + " = false";
    const std::regex named(path.filename() == "slopes_test.cc" ? "\"([A-Z]\\w+)\"" : "\\.op = \"(\\w+)\"");
    for (std::sregex_iterator found(text.begin(), text.end(), named), end; found != end; ++found) {
      const size_t at = static_cast<size_t>(found->position());
      const std::string declaration = text.substr(at, std::min(text.find("}};", at), text.find(".op = ", at + 1)) - at);
      if (declaration.find(unchecked) == std::string::npos) ops.insert((*found)[1]);
    }
  }
  return ops;
}

TEST(NumericGradients, OfAllOps) {
  const Json reasons = read_golden_json("numeric_gradients.json");
  const Json &differing = reasons.at("differs"), &without = reasons.at("no case");
  const auto cases = golden_cases();
  const std::set<std::string> others = ops_with_cases();
  std::string unchecked;
  size_t ops = 0, slopes = 0;
  for (const graph::OpDef* op : graph::OpRegistry::global().all()) {
    op::GradFn fn;
    if (op->name.starts_with("_")) continue;
    if (op::GradientRegistry::global().find(op->name, &fn) != op::GradientRegistry::Kind::kFunction) continue;
    ++ops;
    if (without.contains(op->name)) {
      EXPECT_FALSE(others.contains(op->name)) << op->name << " is checked now";
      continue;
    }
    int64_t compared = 0;
    if (const auto found = cases.find(op->name); found != cases.end()) {
      for (const auto& [id, op_case] : found->second) {
        int64_t num_slopes;
        const std::string text = check_slopes(op_case, &num_slopes);
        if (differing.contains(id)) {
          EXPECT_NE(text, "") << id << " agrees now";
        } else if (!text.empty()) {
          ADD_FAILURE() << id << ": " << text;
        } else {
          compared += num_slopes;
        }
      }
    }
    slopes += static_cast<size_t>(compared);
    if (compared == 0 && !others.contains(op->name)) unchecked += " " + op->name;
  }
  EXPECT_EQ(unchecked, "") << "no case has a slope";
  std::cout << fmt::format("{} slopes of {} ops\n", slopes, ops);
}

}  // namespace
}  // namespace reflow::testing
