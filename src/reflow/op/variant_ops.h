#pragma once

#include <string_view>

#include "reflow/base/status.h"
#include "reflow/tensor/tensor.h"

namespace reflow::op {

// What ZerosLike and AddN do with values of one type that variants hold.
struct VariantOps {
  StatusOr<Variant> (*zeros_like)(const Variant& x);
  StatusOr<Variant> (*add)(const Variant& a, const Variant& b);
};

// Registers a type by its name; once, before main().
struct VariantRegistrar {
  VariantRegistrar(std::string_view type_name, VariantOps ops);
};

// InvalidArgument: the variants are empty, of different types, or of a type that has no such operation.
StatusOr<Variant> variant_zeros_like(const Variant& x);
StatusOr<Variant> variant_sum(const Variant& a, const Variant& b);

// The same for tensors of a plain type or of variants. REQUIRES: `a` and `b` have one type.
// InvalidArgument: the shapes differ. Unimplemented: no numbers.
StatusOr<Tensor> zeros_like(const Tensor& x);
StatusOr<Tensor> sum(const Tensor& a, const Tensor& b);

}  // namespace reflow::op
