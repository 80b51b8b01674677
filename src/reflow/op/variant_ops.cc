#include "reflow/op/variant_ops.h"

#include <cstring>
#include <map>
#include <string>

#include "reflow/tensor/checked_size.h"

namespace reflow::op {
namespace {

std::map<std::string, VariantOps, std::less<>>& registry() {
  static auto* all = new std::map<std::string, VariantOps, std::less<>>;
  return *all;
}

const VariantOps* ops_of(const Variant& v) {
  const auto it = registry().find(v.type_name());
  return it == registry().end() ? nullptr : &it->second;
}

}  // namespace

VariantRegistrar::VariantRegistrar(std::string_view type_name, VariantOps ops) { registry().emplace(type_name, ops); }

StatusOr<Variant> variant_zeros_like(const Variant& x) {
  const VariantOps* ops = ops_of(x);
  if (ops != nullptr) return ops->zeros_like(x);
  return invalid_argument("No unary variant unary_op function found for unary variant op enum: 1 Variant type_name: {} for device "
                          "type: CPU", x.type_name());
}

StatusOr<Variant> variant_sum(const Variant& a, const Variant& b) {
  if (a.type_name() != b.type_name()) {
    return internal_error("BinaryOpVariants: Variants a and b have different type ids.  Type names: '{}' vs. '{}'", a.type_name(),
                          b.type_name());
  }
  const VariantOps* ops = ops_of(a);
  if (ops != nullptr) return ops->add(a, b);
  return internal_error("No unary variant binary_op function found for binary variant op enum: 1 Variant type_name: '{}' for device "
                        "type: CPU", a.type_name());
}

StatusOr<Tensor> zeros_like(const Tensor& x) {
  ASSIGN_OR_RETURN(Tensor zeros, allocate_tensor(x.dtype(), x.shape()));
  if (is_plain(x.dtype())) {
    if (zeros.size_bytes() > 0) std::memset(zeros.raw_data(), 0, static_cast<size_t>(zeros.size_bytes()));
    return zeros;
  }
  if (x.dtype() == DType::kString) return zeros;
  if (x.dtype() != DType::kVariant) return unimplemented("ZerosLike of {}", dtype_spec_name(x.dtype()));
  for (int64_t i = 0; i < x.num_elements(); ++i) {
    ASSIGN_OR_RETURN(zeros.data<Variant>()[i], variant_zeros_like(x.data<Variant>()[i]));
  }
  return zeros;
}

StatusOr<Tensor> sum(const Tensor& a, const Tensor& b) {
  if (!(a.shape() == b.shape())) {
    return invalid_argument("Trying to add two tensors with incompatible element shapes. One is {} and the other is {}",
                            a.shape().str(), b.shape().str());
  }
  ASSIGN_OR_RETURN(Tensor total, allocate_tensor(a.dtype(), a.shape()));
  if (a.dtype() == DType::kVariant) {
    for (int64_t i = 0; i < a.num_elements(); ++i) {
      ASSIGN_OR_RETURN(total.data<Variant>()[i], variant_sum(a.data<Variant>()[i], b.data<Variant>()[i]));
    }
    return total;
  }
  const bool known = with_type(kFloatTypes + kAllIntTypes + kComplexTypes, a.dtype(), [&]<typename T>() {
    const T *x = a.data<T>(), *y = b.data<T>();
    T* z = total.data<T>();
    for (int64_t i = 0; i < a.num_elements(); ++i) {
      if constexpr (std::is_integral_v<T>) {
        using U = std::make_unsigned_t<T>;
        z[i] = static_cast<T>(static_cast<U>(static_cast<U>(x[i]) + static_cast<U>(y[i])));  // wraps around
      } else {
        z[i] = static_cast<T>(x[i] + y[i]);
      }
    }
  });
  if (known) return total;
  return unimplemented("Sums of {}", dtype_spec_name(a.dtype()));
}

}  // namespace reflow::op
