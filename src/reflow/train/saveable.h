#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reflow/client/output.h"
#include "reflow/client/tensor_like.h"
#include "reflow/client/variable.h"

namespace reflow::train {

// One tensor of a checkpoint: what it is called there, which part of it `tensor` is ("10 4 0,5:0,4"; "": all of it).
struct SaveSpec {
  std::string name, slice;
  Output tensor;
  DType dtype = DType::kInvalid;
  // Where it is set, what is saved is read by it, anew for each use, and `tensor` is only what is known beforehand.
  std::function<Output()> read = nullptr;

  Output value() const { return read ? read() : tensor; }
};

// What a Saver saves and restores as one: a variable, a part of one, the keys and values of a table.
struct Saveable {
  std::string name;    // savers go by its order
  GraphElement op;     // what is behind it, once in each saver
  std::string device;  // of its tensors
  std::vector<SaveSpec> specs;
  // Makes the ops that put restored tensors back; reshaped where `shapes` is set, one for each.
  std::function<GraphElement(const std::vector<Output>& tensors, const std::optional<TensorList>& shapes)> restore;
};

// A variable and what it is called in checkpoints.
using NamedVariables = std::vector<std::pair<std::string, Variable>>;

// The variables under their own names; parts of a partitioned variable under its name.
// ValueError: "At least two variables have the same name: ...", "Mixing slices and non-slices with the same name: ...".
NamedVariables names_of_variables(const std::vector<Variable>& var_list);

// The variable, saved as `name`; `slice` as in SaveSpec.
Saveable saveable_of(const std::string& name, const Variable& variable, const std::string& slice = "");
// By name, those of partitioned variables part by part.
// ValueError: "The same saveable will be restored with two names: ...".
std::vector<Saveable> saveables_of(const NamedVariables& variables);
// Sorts by name and checks that each thing is saved once. ValueError as above.
void sort_saveables(std::vector<Saveable>& saveables);

}  // namespace reflow::train
