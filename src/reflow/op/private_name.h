#pragma once

#include <string>
#include <string_view>

namespace reflow::op {

// A resource's name that nobody else has, of a node that gives none: "_3_HashTableV2", as TensorFlow names them.
std::string private_resource_name(std::string_view node_name);

}  // namespace reflow::op
