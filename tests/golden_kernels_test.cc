// Every registered op computes what TensorFlow 1.15 computes: values, errors and gradients of tf-1.15/kernels and
// kernels.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "reflow/graph/op_def.h"
#include "tests/kit/golden_file.h"
#include "tests/kit/golden_kernel_case.h"
#include "tests/kit/npz.h"

namespace reflow::testing {
namespace {

using Json = nlohmann::json;

struct Family {
  Json cases;
  Npz npz;
};

struct GoldenCase {
  const Json* json;
  const Npz* npz;
};

// Cases in which Reflow differs from TensorFlow on purpose, by id, and why. One that passes has to go.
const std::map<std::string, std::string>& known_deviations() {
  static const std::map<std::string, std::string> deviations = {
      {"Prod/25", "two ops of the gradient fail, InvertPermutation and Transpose: TensorFlow happens to run the other first"},
      {"Conv2D/15", "TensorFlow leaves the gradient of an empty result to the filter as it finds the memory; ours is 0"},
      {"Conv2D/17", "NCHW: TensorFlow has no such kernel on CPUs, Reflow has"},
      {"SelfAdjointEigV2/algebra0", "without vectors TensorFlow gives an uninitialised scalar where its shape function says [0]"},
      {"SelfAdjointEigV2/algebra1", "without vectors TensorFlow gives an uninitialised scalar where its shape function says [0]"},
      {"Svd/algebra0", "without vectors TensorFlow gives an uninitialised scalar where its shape function says [0]"},
      {"Svd/algebra1", "without vectors TensorFlow gives an uninitialised scalar where its shape function says [0]"},
      {"SparseToDense/1", "the op's inputs are placeholders here, so the error of its gradient knows less of the shape"},
      {"SparseToDense/6", "the op's inputs are placeholders here, so the error of its gradient knows less of the shape"},
      {"RandomGammaGrad/arrays0", "ours takes differences there, which are exact to nine digits; float cases don't see it"},
      {"DecodeAndCropJpeg/0", "TensorFlow cuts off the neighbours that the colours at the edge of a crop are made from"},
      {"DecodeJpeg/i50", "what half a block becomes depends on the version of libjpeg-turbo"},
      {"DecodeJpeg/i51", "what half a block becomes depends on the version of libjpeg-turbo"},
      {"ParseExample/1", "a key is dense and sparse: TensorFlow finds no feature at all then"},
      {"ParseExample/p51", "the bytes have a NUL, behind which Python has not seen the rest of TensorFlow's message"},
      {"ParseExample/p54", "a list that is cut off: TensorFlow takes it for an empty one"},
      {"ParseExample/p56", "a float of one byte: TensorFlow takes the list for an empty one"},
      {"ParseSingleExample/p10", "the bytes have a NUL, behind which Python has not seen the rest of TensorFlow's message"},
      {"StringToNumber/s23", "the text has a NUL, behind which Python has not seen the rest of TensorFlow's message"},
  };
  return deviations;
}

// The cases of all families by op.
const std::map<std::string, std::vector<GoldenCase>>& cases_by_op() {
  static const auto* all = [] {
    auto* result = new std::map<std::string, std::vector<GoldenCase>>;
    for (const std::string path :
         {"tf-1.15/kernels/unary", "tf-1.15/kernels/binary", "tf-1.15/kernels/array", "tf-1.15/kernels/reduction",
          "tf-1.15/kernels/nn", "tf-1.15/kernels/linalg", "tf-1.15/kernels/sparse", "tf-1.15/kernels/string",
          "tf-1.15/kernels/image", "tf-1.15/kernels/networks", "tf-1.15/kernels/pictures",
          "tf-1.15/kernels/arrays", "tf-1.15/kernels/quantization", "tf-1.15/kernels/sampling",
          "tf-1.15/kernels/sequences", "tf-1.15/kernels/algebra", "kernels/string_ops", "kernels/sparse_ops",
          "kernels/parsing_ops", "kernels/summary_ops", "kernels/image_codec_ops"}) {
      const auto* family = new Family{read_golden_json(path + ".json"), read_golden_npz(path + ".npz")};
      for (const Json& c : family->cases) (*result)[c.at("op")].push_back({&c, &family->npz});
    }
    return result;
  }();
  return *all;
}

std::vector<std::string> registered_ops() {
  std::vector<std::string> ops;
  for (const auto& [op, cases] : cases_by_op()) {
    if (graph::OpRegistry::global().find(op) != nullptr) ops.push_back(op);
  }
  return ops;
}

class GoldenKernels : public ::testing::TestWithParam<std::string> {};

TEST_P(GoldenKernels, AsTensorFlow) {
  for (const GoldenCase& c : cases_by_op().at(GetParam())) {
    const std::string id = c.json->at("id");
    const std::string text = run_kernel_case(*c.json, *c.npz);
    const auto deviation = known_deviations().find(id);
    if (deviation == known_deviations().end()) {
      if (!text.empty()) ADD_FAILURE() << id << ": " << text;
    } else {
      EXPECT_NE(text, "") << id << " agrees now: take it off the list of deviations";
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Ops, GoldenKernels, ::testing::ValuesIn(registered_ops()),
                         [](const auto& info) { return info.param; });

TEST(GoldenKernelsCoverage, Summary) {
  size_t num_cases = 0, ops = 0;
  std::string missing;
  for (const auto& [op, cases] : cases_by_op()) {
    if (graph::OpRegistry::global().find(op) != nullptr) {
      num_cases += cases.size();
      ++ops;
    } else {
      missing += missing.empty() ? op : " " + op;
    }
  }
  std::cout << fmt::format("{} cases of {} ops; {} ops are not registered: {}\n", num_cases, ops,
                           cases_by_op().size() - ops, missing);
  EXPECT_GT(ops, 0u);
  std::set<std::string> ids;
  for (const auto& [op, cases] : cases_by_op()) {
    for (const GoldenCase& c : cases) ids.insert(c.json->at("id"));
  }
  for (const auto& [id, why] : known_deviations()) EXPECT_TRUE(ids.contains(id)) << id << " isn't a case";
}

}  // namespace
}  // namespace reflow::testing
