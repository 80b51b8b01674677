#include "reflow/tensor/dtype.h"

#include <iterator>

namespace reflow {
namespace {

struct Names {
  const char* python;
  const char* proto;
  const char* spec;
  int size;
};

// By number.
constexpr Names kNames[] = {
    {"invalid", "DT_INVALID", "INVALID", 0},
    {"float32", "DT_FLOAT", "float", 4},
    {"float64", "DT_DOUBLE", "double", 8},
    {"int32", "DT_INT32", "int32", 4},
    {"uint8", "DT_UINT8", "uint8", 1},
    {"int16", "DT_INT16", "int16", 2},
    {"int8", "DT_INT8", "int8", 1},
    {"string", "DT_STRING", "string", sizeof(std::string)},
    {"complex64", "DT_COMPLEX64", "complex64", 8},
    {"int64", "DT_INT64", "int64", 8},
    {"bool", "DT_BOOL", "bool", 1},
    {"qint8", "DT_QINT8", "qint8", 1},
    {"quint8", "DT_QUINT8", "quint8", 1},
    {"qint32", "DT_QINT32", "qint32", 4},
    {"bfloat16", "DT_BFLOAT16", "bfloat16", 2},
    {"qint16", "DT_QINT16", "qint16", 2},
    {"quint16", "DT_QUINT16", "quint16", 2},
    {"uint16", "DT_UINT16", "uint16", 2},
    {"complex128", "DT_COMPLEX128", "complex128", 16},
    {"float16", "DT_HALF", "half", 2},
    {"resource", "DT_RESOURCE", "resource", sizeof(ResourceHandle)},
    {"variant", "DT_VARIANT", "variant", sizeof(Variant)},
    {"uint32", "DT_UINT32", "uint32", 4},
    {"uint64", "DT_UINT64", "uint64", 8},
};

const Names& names_of(DType t) {
  const auto number = static_cast<size_t>(base_type(t));
  return kNames[number < std::size(kNames) ? number : 0];
}

bool strip_suffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

}  // namespace

std::string dtype_name(DType t) { return std::string(names_of(t).python) + (is_ref(t) ? "_ref" : ""); }
std::string dtype_enum_name(DType t) { return std::string(names_of(t).proto) + (is_ref(t) ? "_REF" : ""); }
std::string dtype_spec_name(DType t) { return std::string(names_of(t).spec) + (is_ref(t) ? "_ref" : ""); }
int dtype_size(DType t) { return names_of(t).size; }

DType dtype_from_name(std::string_view name) {
  const bool ref = strip_suffix(name, "_ref") || strip_suffix(name, "_REF");
  for (size_t i = 1; i < std::size(kNames); ++i) {
    if (name == kNames[i].python || name == kNames[i].proto || name == kNames[i].spec) {
      return ref ? ref_type(DType(i)) : DType(i);
    }
  }
  return DType::kInvalid;
}

uint16_t Half::from_float(float v) {
  const uint32_t u = std::bit_cast<uint32_t>(v);
  const uint16_t sign = static_cast<uint16_t>((u >> 16) & 0x8000);
  const uint32_t magnitude = u & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;   // NaN
  if (magnitude >= 0x477ff000) return sign | 0x7c00;  // 65520 and more round to infinity
  if (magnitude < 0x38800000) {
    // Below 2^-14 the result is subnormal: adding 0.5 leaves the multiples of 2^-24, rounded by the FPU, in the low bits.
    const float shifted = std::bit_cast<float>(magnitude) + 0.5f;
    return sign | static_cast<uint16_t>(std::bit_cast<uint32_t>(shifted) - 0x3f000000);
  }
  const uint32_t rebiased = magnitude - 0x38000000;
  return sign | static_cast<uint16_t>((rebiased + 0xfff + ((rebiased >> 13) & 1)) >> 13);
}

float Half::to_float(uint16_t bits) {
  const uint32_t sign = uint32_t{bits & 0x8000u} << 16;
  const uint32_t magnitude = bits & 0x7fffu;
  if (magnitude >= 0x7c00) return std::bit_cast<float>(sign | 0x7f800000 | (magnitude & 0x3ff) << 13);
  if (magnitude >= 0x400) return std::bit_cast<float>(sign | ((magnitude << 13) + 0x38000000));
  const float subnormal = static_cast<float>(magnitude) * 0x1p-24f;
  return std::bit_cast<float>(sign | std::bit_cast<uint32_t>(subnormal));
}

}  // namespace reflow
