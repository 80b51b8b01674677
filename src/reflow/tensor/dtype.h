#pragma once

#include <bit>
#include <complex>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

namespace reflow {

// The element types of TensorFlow 1.15, with its numbers. A ref type is its base type + 100.
enum class DType : uint8_t {
  kInvalid = 0, kFloat32 = 1, kFloat64 = 2, kInt32 = 3, kUint8 = 4, kInt16 = 5, kInt8 = 6, kString = 7,
  kComplex64 = 8, kInt64 = 9, kBool = 10, kQint8 = 11, kQuint8 = 12, kQint32 = 13, kBfloat16 = 14, kQint16 = 15,
  kQuint16 = 16, kUint16 = 17, kComplex128 = 18, kHalf = 19, kResource = 20, kVariant = 21, kUint32 = 22, kUint64 = 23,
};

constexpr bool is_ref(DType t) { return static_cast<uint8_t>(t) > 100; }
constexpr DType base_type(DType t) { return is_ref(t) ? DType(static_cast<uint8_t>(t) - 100) : t; }
constexpr DType ref_type(DType t) { return is_ref(t) ? t : DType(static_cast<uint8_t>(t) + 100); }

// "float32", "int64", "float32_ref": the names of tf.DType.
std::string dtype_name(DType t);
// "DT_FLOAT", "DT_FLOAT_REF": the names of the DataType proto enum.
std::string dtype_enum_name(DType t);
// "float", "int64", "float_ref": the names in error messages of the runtime and in op definitions.
std::string dtype_spec_name(DType t);
// The type named in any of the three ways; kInvalid: no such type.
DType dtype_from_name(std::string_view name);
// Bytes of an element in a buffer of the type or its ref type.
int dtype_size(DType t);
// True for types whose elements are plain bytes: all but string, resource and variant.
constexpr bool is_plain(DType t) {
  t = base_type(t);
  return t != DType::kString && t != DType::kResource && t != DType::kVariant && t != DType::kInvalid;
}
constexpr bool is_floating(DType t) {
  t = base_type(t);
  return t == DType::kFloat32 || t == DType::kFloat64 || t == DType::kHalf || t == DType::kBfloat16;
}
constexpr bool is_complex(DType t) {
  t = base_type(t);
  return t == DType::kComplex64 || t == DType::kComplex128;
}
constexpr bool is_quantized(DType t) {
  t = base_type(t);
  return t == DType::kQint8 || t == DType::kQuint8 || t == DType::kQint32 || t == DType::kQint16 || t == DType::kQuint16;
}
constexpr bool is_integer(DType t) {
  switch (base_type(t)) {
    case DType::kInt8: case DType::kInt16: case DType::kInt32: case DType::kInt64:
    case DType::kUint8: case DType::kUint16: case DType::kUint32: case DType::kUint64: return true;
    default: return false;
  }
}

// IEEE binary16. Converts from and to float; arithmetic is done in float and rounded to nearest even.
struct Half {
  uint16_t bits = 0;
  Half() = default;
  explicit Half(float v) : bits(from_float(v)) {}
  operator float() const { return to_float(bits); }
  static uint16_t from_float(float v);
  static float to_float(uint16_t bits);
};

// The upper half of a float. Conversion from float rounds to nearest even (as TensorFlow 1.15's cast does).
struct Bfloat16 {
  uint16_t bits = 0;
  Bfloat16() = default;
  explicit Bfloat16(float v) : bits(from_float(v)) {}
  operator float() const { return std::bit_cast<float>(uint32_t{bits} << 16); }
  static uint16_t from_float(float v) {
    uint32_t u = std::bit_cast<uint32_t>(v);
    if (v != v) return 0x7fc0;
    return static_cast<uint16_t>((u + 0x7fff + ((u >> 16) & 1)) >> 16);
  }
};

#define REFLOW_SMALL_FLOAT_OPERATORS(F)                                  \
  inline F operator+(F a, F b) { return F(float(a) + float(b)); }        \
  inline F operator-(F a, F b) { return F(float(a) - float(b)); }        \
  inline F operator*(F a, F b) { return F(float(a) * float(b)); }        \
  inline F operator/(F a, F b) { return F(float(a) / float(b)); }        \
  inline F operator-(F a) { return F(-float(a)); }                       \
  inline F& operator+=(F& a, F b) { return a = a + b; }                  \
  inline F& operator-=(F& a, F b) { return a = a - b; }                  \
  inline F& operator*=(F& a, F b) { return a = a * b; }                  \
  inline F& operator/=(F& a, F b) { return a = a / b; }                  \
  inline bool operator==(F a, F b) { return float(a) == float(b); }      \
  inline bool operator<(F a, F b) { return float(a) < float(b); }        \
  inline bool operator<=(F a, F b) { return float(a) <= float(b); }      \
  inline bool operator>(F a, F b) { return float(a) > float(b); }        \
  inline bool operator>=(F a, F b) { return float(a) >= float(b); }
REFLOW_SMALL_FLOAT_OPERATORS(Half)
REFLOW_SMALL_FLOAT_OPERATORS(Bfloat16)
#undef REFLOW_SMALL_FLOAT_OPERATORS

// Quantized values: the stored integer; what it means is said by the ops' min and max.
struct Qint8 { int8_t value = 0; bool operator==(const Qint8&) const = default; };
struct Quint8 { uint8_t value = 0; bool operator==(const Quint8&) const = default; };
struct Qint16 { int16_t value = 0; bool operator==(const Qint16&) const = default; };
struct Quint16 { uint16_t value = 0; bool operator==(const Quint16&) const = default; };
struct Qint32 { int32_t value = 0; bool operator==(const Qint32&) const = default; };

// Names a resource of a device; the resource itself lives in the device's ResourceManager (op/resource_manager.h).
struct ResourceHandle {
  std::string device, container, name, type_name;
  uint64_t hash_code = 0;
  std::shared_ptr<void> resource;  // set where the handle itself keeps the resource alive
};

// A value of any C++ type, shared and immutable (lists of tensors, datasets, optionals).
class Variant {
 public:
  Variant() = default;
  template <typename T>
  static Variant of(std::string type_name, T value) {
    Variant v;
    v.type_name_ = std::move(type_name);
    v.tag_ = &tag<T>;
    v.value_ = std::make_shared<T>(std::move(value));
    return v;
  }
  // The value, when it is a T; else null.
  template <typename T>
  const T* get() const { return tag_ == &tag<T> ? static_cast<const T*>(value_.get()) : nullptr; }
  bool empty() const { return value_ == nullptr; }
  const std::string& type_name() const { return type_name_; }

 private:
  template <typename T>
  static constexpr char tag = 0;
  std::string type_name_;
  const void* tag_ = nullptr;
  std::shared_ptr<void> value_;
};

template <typename T>
struct DTypeOf;
#define REFLOW_DTYPE_OF(T, D) \
  template <> struct DTypeOf<T> { static constexpr DType value = DType::D; };
REFLOW_DTYPE_OF(float, kFloat32)
REFLOW_DTYPE_OF(double, kFloat64)
REFLOW_DTYPE_OF(int32_t, kInt32)
REFLOW_DTYPE_OF(uint8_t, kUint8)
REFLOW_DTYPE_OF(int16_t, kInt16)
REFLOW_DTYPE_OF(int8_t, kInt8)
REFLOW_DTYPE_OF(std::string, kString)
REFLOW_DTYPE_OF(std::complex<float>, kComplex64)
REFLOW_DTYPE_OF(int64_t, kInt64)
REFLOW_DTYPE_OF(long long, kInt64)
REFLOW_DTYPE_OF(bool, kBool)
REFLOW_DTYPE_OF(Qint8, kQint8)
REFLOW_DTYPE_OF(Quint8, kQuint8)
REFLOW_DTYPE_OF(Qint32, kQint32)
REFLOW_DTYPE_OF(Bfloat16, kBfloat16)
REFLOW_DTYPE_OF(Qint16, kQint16)
REFLOW_DTYPE_OF(Quint16, kQuint16)
REFLOW_DTYPE_OF(uint16_t, kUint16)
REFLOW_DTYPE_OF(std::complex<double>, kComplex128)
REFLOW_DTYPE_OF(Half, kHalf)
REFLOW_DTYPE_OF(ResourceHandle, kResource)
REFLOW_DTYPE_OF(Variant, kVariant)
REFLOW_DTYPE_OF(uint32_t, kUint32)
REFLOW_DTYPE_OF(uint64_t, kUint64)
#undef REFLOW_DTYPE_OF

// The DType of the C++ type T.
template <typename T>
inline constexpr DType dtype_of = DTypeOf<std::remove_cv_t<T>>::value;

// A set of C++ element types, as kernels are registered for.
template <typename... Ts>
struct Types {
  template <typename F>
  static void for_each(F&& f) { (f.template operator()<Ts>(), ...); }
  template <typename... Us>
  constexpr auto operator+(Types<Us...>) const { return Types<Ts..., Us...>{}; }
};
inline constexpr Types<float, double> kFloat32And64{};
inline constexpr Types<Half, Bfloat16, float, double> kFloatTypes{};
inline constexpr Types<int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t> kIntTypes{};  // TensorFlow's usual ones
inline constexpr Types<int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t> kAllIntTypes{};
inline constexpr Types<int32_t, int64_t> kIndexTypes{};
inline constexpr Types<std::complex<float>, std::complex<double>> kComplexTypes{};
inline constexpr auto kRealTypes = kFloatTypes + kIntTypes;     // "realnumbertype" of TensorFlow's CPU kernels
inline constexpr auto kNumberTypes = kRealTypes + kComplexTypes;
inline constexpr auto kPlainTypes = kFloatTypes + kAllIntTypes + kComplexTypes + Types<bool>{};
inline constexpr auto kAllTypes =
    kPlainTypes + Types<std::string, Qint8, Quint8, Qint16, Quint16, Qint32, ResourceHandle, Variant>{};

// Calls f.operator()<T>() for the C++ type of `t` and returns true; false when `t` isn't in `types`.
template <typename... Ts, typename F>
bool with_type(Types<Ts...>, DType t, F&& f) {
  return ((dtype_of<Ts> == base_type(t) ? (f.template operator()<Ts>(), true) : false) || ...);
}

}  // namespace reflow
