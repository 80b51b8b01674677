#include "reflow/train/init_from_checkpoint.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reflow/client/apply_op.h"
#include "reflow/client/errors.h"
#include "reflow/client/scopes.h"
#include "reflow/client/status_errors.h"
#include "reflow/client/variable_state.h"
#include "reflow/client/variable_store.h"
#include "reflow/formats/checkpoint_reader.h"
#include "reflow/train/checkpoint_management.h"
#include "reflow/train/saveable.h"

namespace reflow::train {
namespace {

std::string python_dims(const Shape& shape) { return fmt::format("[{}]", fmt::join(shape.dims(), ", ")); }

// "(2, ?)", "(3,)": str() of a TensorShape.
std::string python_shape(const Shape& shape) {
  if (!shape.known_rank()) return "<unknown>";
  std::string text;
  for (const int64_t dim : shape) text += fmt::format("{}{}", text.empty() ? "" : ", ", dim < 0 ? "?" : std::to_string(dim));
  return shape.rank() == 1 ? fmt::format("({},)", text) : fmt::format("({})", text);
}

bool begins_with(std::string_view text, std::string_view prefix) { return text.substr(0, prefix.size()) == prefix; }
bool ends_with_slash(const std::string& text) { return !text.empty() && text.back() == '/'; }

class Initialization {
 public:
  explicit Initialization(const std::string& ckpt_dir_or_file)
      : source_(ckpt_dir_or_file), prefix_(checkpoint_prefix(ckpt_dir_or_file)) {
    auto reader = formats::CheckpointReader::open(prefix_);
    errors::throw_if_error(reader.status());
    reader_ = *std::move(reader);
    const client::VariableStore& store = client::variable_store();
    for (const auto& [name, variable] : store.variables) {
      // Parts of a variable are meant together.
      if (!variable.save_slice_info()) by_name_.emplace(name, variable);
    }
    for (const auto& [name, variable] : store.partitioned) by_name_.insert_or_assign(name, variable);
  }

  void initialize(const std::string& tensor, const std::vector<Variable>& variables) const {
    const auto* saved = reader_->find(tensor);
    if (!saved) throw ValueError(fmt::format("Tensor {} is not found in {} checkpoint {}", tensor, source_, shape_map()));
    if (variables.size() == 1 && !variables[0].is_partitioned() && !variables[0].save_slice_info() &&
        !variables[0].shape().compatible_with(saved->shape)) {
      throw ValueError(fmt::format("Shape of variable {} ({}) doesn't match with shape of tensor {} ({}) from checkpoint "
                                   "reader.", variables[0].name(), python_shape(variables[0].shape()), tensor,
                                   python_dims(saved->shape)));
    }
    set_initializers(tensor, variables);
  }

  void initialize(const std::string& tensor, const std::string& name) const {
    if (const auto found = by_name_.find(name); found != by_name_.end()) return initialize(tensor, {found->second});
    initialize_scope(tensor, name);
  }

 private:
  void initialize_scope(const std::string& tensor_scope, const std::string& variable_scope) const {
    const size_t slash = variable_scope.rfind('/');
    const std::string scope = slash == std::string::npos ? "" : variable_scope.substr(0, slash);
    if (!ends_with_slash(tensor_scope)) {
      throw ValueError(fmt::format("Assignment map with scope only name {} should map to scope only {}. Should be 'scope/': "
                                   "'other_scope/'.", scope, tensor_scope));
    }
    for (const auto& [name, variable] : by_name_) {
      if (!scope.empty() && !begins_with(name, scope + "/")) continue;
      std::string tensor = name.substr(scope.size());
      if (variable_scope != "/") tensor.erase(0, 1);
      if (tensor_scope != "/") tensor = tensor_scope + tensor;
      if (ends_with_slash(tensor)) tensor.pop_back();
      if (!reader_->find(tensor)) {
        throw ValueError(fmt::format("Tensor {} ({} in {}) is not found in {} checkpoint", tensor,
                                     name.substr(std::min(scope.size() + 1, name.size())), tensor_scope, source_));
      }
      set_initializers(tensor, {variable});
    }
  }

  void set_initializers(const std::string& tensor, const std::vector<Variable>& variables) const {
    std::string full_name;
    for (const Variable& variable : variables) {
      if (variable.is_partitioned()) {
        set_initializers(tensor, variable.parts());
        continue;
      }
      const auto& slice = variable.save_slice_info();
      if (slice && !full_name.empty() && full_name != slice->full_name) {
        throw ValueError(fmt::format("Slices must all be from the same tensor: {} != {}", full_name, slice->full_name));
      }
      if (slice) full_name = slice->full_name;
      set_initializer(tensor, variable, slice ? slice->spec() : "");
    }
  }

  void set_initializer(const std::string& tensor, const Variable& variable, const std::string& slice) const {
    Output restored;
    {
      device of_variable(variable.device());
      device on_cpu("/cpu:0");
      graph::AttrMap attrs;
      attrs.set("dtypes", std::vector<DType>{base_type(variable.dtype())});
      restored = client::apply_op("RestoreV2", "checkpoint_initializer",
                                  {prefix_, std::vector<std::string>{tensor}, std::vector<std::string>{slice}},
                                  std::move(attrs));
    }
    const GraphElement assigned = saveable_of(tensor, variable, slice).restore({restored}, std::nullopt);
    variable.state()->initializer = Operation(assigned.node());
    restored.set_shape(variable.shape());
    variable.state()->initial_value = restored;
  }

  // {'v': [2, 3]}, as Python prints the map of the reader.
  std::string shape_map() const {
    std::string text;
    for (const auto& t : reader_->tensors()) {
      text += fmt::format("{}'{}': {}", text.empty() ? "" : ", ", t.name, python_dims(t.shape));
    }
    return "{" + text + "}";
  }

  std::string source_, prefix_;
  std::unique_ptr<formats::CheckpointReader> reader_;
  std::map<std::string, Variable> by_name_;
};

}  // namespace

std::string checkpoint_prefix(const std::string& ckpt_dir_or_file) {
  if (!std::filesystem::is_directory(ckpt_dir_or_file)) return ckpt_dir_or_file;
  if (const auto newest = latest_checkpoint(ckpt_dir_or_file)) return *newest;
  throw ValueError("Couldn't find 'checkpoint' file or checkpoints in given directory " + ckpt_dir_or_file);
}

void init_from_checkpoint(const std::string& ckpt_dir_or_file, AssignmentMap assignment_map) {
  const Initialization initialization(ckpt_dir_or_file);
  std::stable_sort(assignment_map.begin(), assignment_map.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const auto& [tensor, target] : assignment_map) {
    if (const auto* name = std::get_if<std::string>(&target)) {
      initialization.initialize(tensor, *name);
    } else {
      initialization.initialize(tensor, std::get<std::vector<Variable>>(target));
    }
  }
}

}  // namespace reflow::train
