#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "reflow/graph/attr_value.h"
#include "reflow/graph/op_def.h"
#include "tests/kit/npz.h"

namespace reflow::testing {

// The attributes of `json` (name -> value) as the definition of `op` types them; those that the inputs determine are left
// out, as a caller does. Throws std::runtime_error for what can't be read.
graph::AttrMap attrs_from_json(const graph::OpDef& op, const nlohmann::json& json);

// Where the cases are: FAMILY.json with FAMILY.npz, below tests/data.
std::vector<std::string> golden_kernel_families();

// Runs one case of tf-1.15/kernels/FAMILY.json: the op is built on placeholders of known shapes, and, when that fails, of
// unknown shapes; outputs, errors and gradients are compared. "" when all is as TensorFlow has it, else what isn't.
std::string run_kernel_case(const nlohmann::json& kernel_case, const Npz& npz);

}  // namespace reflow::testing
