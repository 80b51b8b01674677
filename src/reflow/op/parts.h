#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "reflow/graph/node.h"
#include "reflow/tensor/tensor.h"

namespace reflow::op {

// Ops that take a tensor apart (Unpack, Split, slices) register here how. Where each output is a stretch of an input's
// memory, plans give these stretches in place of copies (runtime/lent_parts.h), and the kernel isn't called.

// Where the outputs of a node lie in its input `input`.
struct Parts {
  int input = 0;
  std::vector<int64_t> offsets;  // in elements, by output
};

// Tells of `node` with inputs of these shapes, outputs of those. values[i] is null where input i isn't known, and for the
// input that is taken apart. False: the outputs aren't stretches, or it can't be said.
using PartsFn = bool (*)(const graph::Node& node, std::span<const Shape> inputs, std::span<const Tensor* const> values,
                         std::span<const Shape> outputs, Parts* parts);

struct PartsRegistrar {
  PartsRegistrar(std::string_view op, PartsFn fn);
};

// Of ops of this name; null: none.
PartsFn find_parts_fn(std::string_view op);

// Outputs that follow one another in input `input` along `axis`: stretches, where no dimension before has several elements.
bool consecutive_parts(const Shape& whole, int input, int64_t axis, std::span<const Shape> outputs, Parts* parts);

// Do all parts begin at multiples of 64 bytes, as tensors of their own do? As in TensorFlow, others are copied.
// REQUIRES: is_plain(type).
bool are_aligned(const Parts& parts, DType type);

// Smaller parts are copied where their memory isn't planned: who keeps one keeps all of the tensor it lies in.
constexpr int64_t kMinPartBytes = 8192;

// True when `t` alone holds its buffer and fills most of it, so that who keeps it for long needn't copy it.
inline bool fills_own_buffer(const Tensor& t) {
  return t.owns_alone() && static_cast<int64_t>(t.buffer()->size_bytes()) <= 2 * t.size_bytes();
}

}  // namespace reflow::op
