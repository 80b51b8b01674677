#include "reflow/op/parts.h"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <string>

namespace reflow::op {
namespace {

// Filled by static registrars; then read only.
absl::flat_hash_map<std::string, PartsFn>& registered() {
  static auto* const fns = new absl::flat_hash_map<std::string, PartsFn>();
  return *fns;
}

}  // namespace

PartsRegistrar::PartsRegistrar(std::string_view op, PartsFn fn) { registered()[std::string(op)] = fn; }

PartsFn find_parts_fn(std::string_view op) {
  const auto found = registered().find(std::string(op));
  return found != registered().end() ? found->second : nullptr;
}

bool consecutive_parts(const Shape& whole, int input, int64_t axis, std::span<const Shape> outputs, Parts* parts) {
  if (axis < 0) axis += whole.rank();
  if (axis < 0 || axis >= whole.rank()) return false;
  for (int d = 0; d < axis; ++d) {
    if (whole.dim(d) != 1) return false;
  }
  parts->input = input;
  parts->offsets.clear();
  int64_t at = 0;
  for (const Shape& output : outputs) {
    parts->offsets.push_back(at);
    at += output.num_elements();
  }
  return at == whole.num_elements();
}

bool are_aligned(const Parts& parts, DType type) {
  const int64_t elements = 64 / dtype_size(type);
  return std::ranges::all_of(parts.offsets, [&](int64_t offset) { return offset % elements == 0; });
}

}  // namespace reflow::op
