#pragma once

#include <string>
#include <string_view>

#include "reflow/tensor/dtype.h"

namespace reflow {

// The names of TensorFlow's types: tf::float32, tf::int64, tf::string. `bool` is a word of C++, so it is tf::bool_.
inline constexpr DType float16 = DType::kHalf, half = DType::kHalf, bfloat16 = DType::kBfloat16;
inline constexpr DType float32 = DType::kFloat32, float64 = DType::kFloat64;
inline constexpr DType int8 = DType::kInt8, int16 = DType::kInt16, int32 = DType::kInt32, int64 = DType::kInt64;
inline constexpr DType uint8 = DType::kUint8, uint16 = DType::kUint16, uint32 = DType::kUint32, uint64 = DType::kUint64;
inline constexpr DType bool_ = DType::kBool, string = DType::kString;
inline constexpr DType complex64 = DType::kComplex64, complex128 = DType::kComplex128;
inline constexpr DType qint8 = DType::kQint8, quint8 = DType::kQuint8, qint16 = DType::kQint16;
inline constexpr DType quint16 = DType::kQuint16, qint32 = DType::kQint32;
inline constexpr DType resource = DType::kResource, variant = DType::kVariant;

// The type of a name: "float32", "DT_FLOAT" or "float".
// TypeError: "Cannot convert value 'floaty' to a TensorFlow DType.".
DType as_dtype(std::string_view name);

}  // namespace reflow
