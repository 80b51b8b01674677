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

struct Deviation {
  std::string why;
  std::string text;  // is part of what is said of the case
};

// Cases in which Reflow differs from TensorFlow on purpose, by id (kernels/deviations.json). One that passes has to go.
const std::map<std::string, Deviation>& known_deviations() {
  static const auto* all = [] {
    auto* result = new std::map<std::string, Deviation>;
    const Json entries = read_golden_json("kernels/deviations.json");
    for (const auto& [id, entry] : entries.items()) {
      result->emplace(id, Deviation{entry.at("why"), entry.at("text")});
    }
    return result;
  }();
  return *all;
}

// The cases of all families by op.
const std::map<std::string, std::vector<GoldenCase>>& cases_by_op() {
  static const auto* all = [] {
    auto* result = new std::map<std::string, std::vector<GoldenCase>>;
    for (const std::string& path : golden_kernel_families()) {
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
      EXPECT_NE(text.find(deviation->second.text), std::string::npos) << id << " differs in another way: " << text;
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
  // For tools/conformance.py.
  std::cout << fmt::format("conformance\tkernels\t{}\t{}\n", num_cases - known_deviations().size(), ids.size());
  for (const auto& [id, deviation] : known_deviations()) {
    EXPECT_TRUE(ids.contains(id)) << id << " isn't a case";
    std::cout << fmt::format("miss\tkernels\t{}\t{}\n", id, deviation.why);
  }
  for (const auto& [op, cases] : cases_by_op()) {
    if (graph::OpRegistry::global().find(op) == nullptr) std::cout << fmt::format("miss\tkernels\t{}\tthere is no such op\n", op);
  }
}

}  // namespace
}  // namespace reflow::testing
