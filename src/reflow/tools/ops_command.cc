#include "reflow/tools/ops_command.h"

#include <absl/strings/ascii.h>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <numeric>
#include <utility>
#include <vector>

#include "reflow/graph/op_def.h"
#include "reflow/op/gradient.h"
#include "reflow/op/kernel_registry.h"

namespace reflow::tools {
namespace {

using graph::ArgDef;
using graph::AttrDef;
using graph::OpDef;
using graph::OpRegistry;
using op::GradientRegistry;

std::string lower_case(std::string_view text) { return absl::AsciiStrToLower({text.data(), text.size()}); }

// The first sentence.
std::string_view summary(std::string_view doc) {
  for (size_t i = 0; i < doc.size(); ++i) {
    if (doc[i] == '\n') return doc.substr(0, i);
    if (doc[i] == '.' && (i + 1 == doc.size() || doc[i + 1] == ' ' || doc[i + 1] == '\n')) return doc.substr(0, i + 1);
  }
  return doc;
}

// How many letters have to be inserted, left out or replaced to make `b` of `a`.
int edit_distance(std::string_view a, std::string_view b) {
  std::vector<int> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 1; i <= a.size(); ++i) {
    int diagonal = std::exchange(row[0], static_cast<int>(i));
    for (size_t j = 1; j <= b.size(); ++j) {
      const int replaced = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

// At most five, the nearest first. An op whose name contains `name` is near, and so is one with few other letters.
std::vector<std::string> near_names(std::string_view name) {
  const std::string wanted = lower_case(name);
  std::vector<std::pair<int, std::string>> near;
  for (const OpDef* op : OpRegistry::global().all()) {
    const std::string candidate = lower_case(op->name);
    const int distance = edit_distance(wanted, candidate);
    const bool contains = wanted.size() > 2 && candidate.find(wanted) != std::string::npos;
    if (contains || distance <= std::max<int>(1, static_cast<int>(wanted.size()) / 3))
      near.emplace_back(distance, op->name);
  }
  std::ranges::sort(near);
  std::vector<std::string> names;
  for (const auto& [distance, candidate] : near) {
    if (names.size() < 5) names.push_back(candidate);
  }
  return names;
}

template <typename T, typename Text>
std::string joined(const std::vector<T>& values, Text text) {
  std::vector<std::string> pieces;
  for (const T& value : values) pieces.push_back(text(value));
  return fmt::format("{}", fmt::join(pieces, ", "));
}

// As REFLOW_OP takes it: "values: N * T".
std::string arg_text(const ArgDef& arg) {
  std::string type = !arg.type_list_attr.empty() ? arg.type_list_attr
                     : !arg.type_attr.empty()    ? arg.type_attr
                                                 : dtype_spec_name(arg.type);
  if (!arg.number_attr.empty()) type = fmt::format("{} * {}", arg.number_attr, type);
  return fmt::format("{}: {}", arg.name, arg.is_ref ? fmt::format("Ref({})", type) : type);
}

// "T: {half, float} = DT_FLOAT"
std::string attr_text(const AttrDef& attr) {
  std::string allowed;
  if (!attr.allowed_types.empty()) allowed = joined(attr.allowed_types, dtype_spec_name);
  if (!attr.allowed_strings.empty()) {
    allowed = joined(attr.allowed_strings, [](const std::string& value) { return fmt::format("'{}'", value); });
  }
  std::string type = attr.type;
  if (!allowed.empty()) type = fmt::format(fmt::runtime(attr.is_list() ? "list({{{}}})" : "{{{}}}"), allowed);
  if (attr.has_minimum) type += fmt::format(" >= {}", attr.minimum);
  if (attr.default_value.set()) type += " = " + attr.default_value.str();
  return fmt::format("{}: {}", attr.name, type);
}

std::vector<std::string> flags_of(const OpDef& op) {
  std::vector<std::string> flags;
  if (op.is_stateful) flags.push_back("stateful");
  if (op.is_commutative) flags.push_back("commutative");
  if (op.is_aggregate) flags.push_back("aggregate");
  if (op.allows_uninitialized_input) flags.push_back("allows uninitialized input");
  if (op.deprecated_in > 0) {
    flags.push_back(fmt::format("deprecated since GraphDef version {}: {}", op.deprecated_in, op.deprecation));
  }
  return flags;
}

// Takes the types of `other` into `kernel` if the two differ in the types of at most one attribute.
bool merge(const op::KernelDef& other, op::KernelDef* kernel) {
  if (other.device != kernel->device || other.label != kernel->label) return false;
  if (!std::ranges::equal(
          other.constraints, kernel->constraints, {}, [](const auto& c) { return c.first; },
          [](const auto& c) { return c.first; })) {
    return false;
  }
  size_t differing = 0, place = 0;
  for (size_t i = 0; i < other.constraints.size(); ++i) {
    if (other.constraints[i].second == kernel->constraints[i].second) continue;
    ++differing;
    place = i;
  }
  if (differing > 1) return false;
  if (differing == 0) return true;
  auto& types = kernel->constraints[place].second;
  for (const DType type : other.constraints[place].second) {
    if (std::ranges::find(types, type) == types.end()) types.push_back(type);
  }
  return true;
}

// "CPU: T in {float, double}": a line for each set of types. Kernels are registered type by type; here those of a
// device that differ in the types of one attribute are told together.
std::vector<std::string> kernels_of(const OpDef& op) {
  std::vector<op::KernelDef> kernels;
  for (const op::KernelDef* kernel : op::KernelRegistry::global().kernels_of(op.name)) kernels.push_back(*kernel);
  for (size_t before = kernels.size() + 1; kernels.size() < before;) {
    before = kernels.size();
    std::vector<op::KernelDef> merged;
    for (const op::KernelDef& kernel : kernels) {
      if (std::ranges::none_of(merged, [&](op::KernelDef& other) { return merge(kernel, &other); })) {
        merged.push_back(kernel);
      }
    }
    kernels = std::move(merged);
  }
  std::vector<std::string> lines;
  for (const op::KernelDef& kernel : kernels) {
    std::string types = joined(kernel.constraints, [](const auto& constraint) {
      return fmt::format("{} in {{{}}}", constraint.first, joined(constraint.second, dtype_spec_name));
    });
    if (types.empty()) types = "all types";
    if (!kernel.label.empty()) types += fmt::format(", label '{}'", kernel.label);
    lines.push_back(fmt::format("{}: {}", kernel.device, types));
  }
  return lines;
}

std::string_view gradient_text(const OpDef& op) {
  op::GradFn fn;
  switch (GradientRegistry::global().find(op.name, &fn)) {
    case GradientRegistry::Kind::kFunction:
      return "function";
    case GradientRegistry::Kind::kNone:
      return "none (not differentiable)";
    case GradientRegistry::Kind::kUnregistered:
      break;
  }
  return "not registered";
}

// "Inputs:" with a line for each; nothing when there is none.
void add_section(std::string_view title, const std::vector<std::string>& lines, std::string* text) {
  if (lines.empty()) return;
  *text += fmt::format("\n{}:\n", title);
  for (const std::string& line : lines) *text += fmt::format("  {}\n", line);
}

template <typename T, typename Text>
std::vector<std::string> lines_of(const std::vector<T>& values, Text text) {
  std::vector<std::string> lines;
  for (const T& value : values) lines.push_back(text(value));
  return lines;
}

}  // namespace

StatusOr<std::string> list_ops(std::string_view filter) {
  const std::string wanted = lower_case(filter);
  std::vector<const OpDef*> ops;
  size_t width = 0;
  for (const OpDef* op : OpRegistry::global().all()) {
    if (lower_case(op->name).find(wanted) == std::string::npos) continue;
    ops.push_back(op);
    width = std::max(width, op->name.size());
  }
  if (ops.empty()) return not_found("no op's name contains '{}'", filter);
  std::string text;
  for (const OpDef* op : ops) text += fmt::format("{:{}}  {}\n", op->name, width, summary(op->doc));
  return text;
}

std::string list_missing_ops() {
  static constexpr const char* kTensorFlowOps[] = {
#include "tensorflow_op_names.inc"
  };
  std::string text;
  size_t missing = 0;
  for (const char* name : kTensorFlowOps) {
    if (OpRegistry::global().find(name) != nullptr) continue;
    text += fmt::format("{}\n", name);
    ++missing;
  }
  return text + fmt::format("{} of the {} ops of TensorFlow 1.15 are missing\n", missing, std::size(kTensorFlowOps));
}

StatusOr<std::string> describe_op(std::string_view name) {
  const OpDef* op = OpRegistry::global().find(name);
  if (op == nullptr) {
    const std::vector<std::string> near = near_names(name);
    if (near.empty()) return not_found("there is no op '{}'; `reflow ops` lists all", name);
    return not_found("there is no op '{}'; near: {}", name, fmt::join(near, ", "));
  }
  std::string text = fmt::format("{}\n\n{}\n", op->name, op->doc);
  add_section("Inputs", lines_of(op->inputs, arg_text), &text);
  add_section("Outputs", lines_of(op->outputs, arg_text), &text);
  add_section("Attributes", lines_of(op->attrs, attr_text), &text);
  add_section("Flags", flags_of(*op), &text);
  const std::vector<std::string> kernels = kernels_of(*op);
  add_section("Kernels", kernels.empty() ? std::vector<std::string>{"none"} : kernels, &text);
  text += fmt::format("\nGradient: {}\n", gradient_text(*op));
  return text;
}

}  // namespace reflow::tools
