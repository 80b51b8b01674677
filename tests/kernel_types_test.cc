// Ops have kernels for the types that TensorFlow 1.15 has kernels for on CPUs.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "reflow/graph/op_def.h"
#include "reflow/op/kernel_registry.h"
#include "tests/kit/golden_file.h"

namespace reflow::testing {
namespace {

using Json = nlohmann::json;
using Types = std::map<std::string, DType>;  // of type attributes

// The types that `attr` of an op may have.
std::vector<DType> allowed_types(const graph::OpDef& op, const std::string& attr) {
  const graph::AttrDef* def = op.find_attr(attr);
  if (def != nullptr && !def->allowed_types.empty()) return def->allowed_types;
  std::vector<DType> all;
  for (int t = 1; t <= static_cast<int>(DType::kUint64); ++t) all.push_back(static_cast<DType>(t));
  return all;
}

bool has_kernel(const std::vector<const op::KernelDef*>& kernels, const Types& types) {
  return std::ranges::any_of(kernels, [&](const op::KernelDef* kernel) {
    return kernel->device == op::kCpu && kernel->label.empty() &&
           std::ranges::all_of(kernel->constraints, [&](const auto& constraint) {
             const auto wanted = types.find(constraint.first);
             return wanted == types.end() || std::ranges::find(constraint.second, wanted->second) != constraint.second.end();
           });
  });
}

std::string text_of(const std::string& op, const Types& types) {
  std::string text = op;
  for (const auto& [attr, type] : types) text += fmt::format(" {}={}", attr, dtype_name(type));
  return text;
}

// The combinations of types for which one of TensorFlow's kernels, by its constraints, stands.
std::vector<Types> combinations(const graph::OpDef& op, const Json& constraints,
                                const std::vector<const op::KernelDef*>& kernels) {
  std::map<std::string, std::vector<DType>> allowed;
  for (const op::KernelDef* kernel : kernels) {
    for (const auto& [attr, types] : kernel->constraints) {
      const graph::AttrDef* def = op.find_attr(attr);
      if (def != nullptr && def->type == "type") allowed[attr] = allowed_types(op, attr);
    }
  }
  for (const auto& [attr, types] : constraints.items()) {
    const graph::AttrDef* def = op.find_attr(attr);
    if (def == nullptr || def->type != "type") continue;
    allowed[attr].clear();
    for (const std::string name : types) {
      const std::vector<DType> possible = allowed_types(op, attr);
      const DType type = dtype_from_name(name);
      if (std::ranges::find(possible, type) != possible.end()) allowed[attr].push_back(type);
    }
  }
  std::vector<Types> result{{}};
  for (const auto& [attr, types] : allowed) {
    std::vector<Types> longer;
    for (const Types& combination : result) {
      for (const DType type : types) {
        longer.push_back(combination);
        longer.back()[attr] = type;
      }
    }
    result = std::move(longer);
  }
  return result;
}

TEST(KernelTypes, AsInTensorFlow) {
  // Why there is no kernel for some: reason -> "Op", or "Op T=half".
  std::map<std::string, std::string> reasons;
  const Json deviations = read_golden_json("kernel_type_deviations.json");
  for (const auto& [reason, items] : deviations.items()) {
    for (const std::string item : items) reasons[item] = reason;
  }
  std::set<std::string> used;
  size_t total = 0, there = 0;
  const Json known = read_golden_json("tf-1.15/kernel_types.json");
  for (const auto& [name, rows] : known.items()) {
    const graph::OpDef* op = graph::OpRegistry::global().find(name);
    if (op == nullptr) continue;  // OpCompleteness counts ops
    const auto kernels = op::KernelRegistry::global().kernels_of(name);
    for (const Json& constraints : rows) {
      for (const Types& types : combinations(*op, constraints, kernels)) {
        ++total;
        if (has_kernel(kernels, types)) {
          ++there;
          continue;
        }
        const std::string text = text_of(name, types);
        const std::string key = reasons.contains(text) ? text : name;
        if (!reasons.contains(key)) {
          ADD_FAILURE() << "no kernel: " << text;
        } else if (used.insert(key).second) {
          std::cout << fmt::format("miss\tkernel_types\t{}\t{}\n", key, reasons[key]);
        }
      }
    }
  }
  std::cout << fmt::format("conformance\tkernel_types\t{}\t{}\n", there, total);
  for (const auto& [item, reason] : reasons) EXPECT_TRUE(used.contains(item)) << item << ": there is such a kernel now";
}

}  // namespace
}  // namespace reflow::testing
