#include "reflow/train/saveable.h"

#include <algorithm>
#include <map>
#include <set>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/scopes.h"
#include "reflow/client/variable_state.h"

namespace reflow::train {
namespace {

bool is_slice(const Variable& v) { return v.save_slice_info().has_value(); }

Operation assign_restored(const Variable& variable, Output restored, const std::optional<TensorList>& shapes) {
  if (shapes) restored = reshape(restored, shapes->at(0));
  if (!variable.is_resource()) {
    const bool validate = !shapes && variable.shape().fully_defined();
    return Operation(client::make_op("Assign", "", {variable.ref(), restored},
                                     {{"validate_shape", validate}, {"use_locking", true}}));
  }
  device placement(variable.device());
  return Operation(client::make_op("AssignVariableOp", "", {variable.handle(), identity(restored)}));
}

Output read_on_cpu(const Variable& variable) {
  device placement(variable.device());
  const Output value = variable.read_value();
  device on_cpu("/device:CPU:0");
  return identity(value);
}

}  // namespace

NamedVariables names_of_variables(const std::vector<Variable>& var_list) {
  NamedVariables named;
  std::map<std::string, bool> names;  // and whether slices are called so
  for (const Variable& v : var_list) {
    const std::string name = is_slice(v) ? v.save_slice_info()->full_name : v.is_partitioned() ? v.name() : v.op().name();
    const auto [it, inserted] = names.try_emplace(name, is_slice(v));
    if (!inserted && !is_slice(v)) throw ValueError("At least two variables have the same name: " + name);
    if (!inserted && !it->second) throw ValueError("Mixing slices and non-slices with the same name: " + name);
    named.emplace_back(name, v);
  }
  return named;
}

Saveable saveable_of(const std::string& name, const Variable& variable, const std::string& slice) {
  // Of a ref variable the ref is saved, of a part of one its read; of a resource variable its first read, of a part of one a
  // read of its own on the CPU.
  const bool by_ref = !variable.is_resource() && slice.empty();
  const Output tensor = by_ref ? variable.ref() : variable.state()->snapshot;
  SaveSpec spec{name, slice, tensor, base_type(variable.dtype())};
  if (variable.is_resource() && !slice.empty()) spec.read = [variable] { return read_on_cpu(variable); };
  return {.name = name,
          .op = variable.op(),
          .device = variable.device(),
          .specs = {std::move(spec)},
          .restore = [variable](const std::vector<Output>& tensors, const std::optional<TensorList>& shapes) {
            return GraphElement(assign_restored(variable, tensors.at(0), shapes));
          }};
}

void sort_saveables(std::vector<Saveable>& saveables) {
  std::stable_sort(saveables.begin(), saveables.end(), [](const Saveable& a, const Saveable& b) { return a.name < b.name; });
  std::set<const graph::Node*> seen;
  for (const Saveable& s : saveables) {
    if (!seen.insert(s.op.node()).second) throw ValueError("The same saveable will be restored with two names: " + s.name);
  }
}

std::vector<Saveable> saveables_of(const NamedVariables& variables) {
  std::vector<Saveable> saveables;
  for (const auto& [name, variable] : variables) {
    if (!variable.is_partitioned()) {
      saveables.push_back(saveable_of(name, variable, is_slice(variable) ? variable.save_slice_info()->spec() : ""));
      continue;
    }
    for (const Variable& part : variable.parts()) {
      saveables.push_back(saveable_of(name, part, is_slice(part) ? part.save_slice_info()->spec() : ""));
    }
  }
  sort_saveables(saveables);
  return saveables;
}

}  // namespace reflow::train
