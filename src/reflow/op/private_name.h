#pragma once

#include <string>
#include <string_view>

namespace reflow::op {

// The shared name of a variable that nobody finds by name: each run of its VarHandleOp makes a new one.
inline constexpr std::string_view kAnonymousName = "cd2c89b7-88b7-44c8-ad83-06c2a9158347";

// A resource's name that nobody else has, of a node that gives none: "_3_HashTableV2", as TensorFlow names them.
std::string private_resource_name(std::string_view node_name);

}  // namespace reflow::op
