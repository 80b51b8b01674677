#include "reflow/formats/hdf5_type.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "reflow/io/varint.h"

namespace reflow::formats {
namespace {

enum Class : uint8_t { kInteger = 0, kFloat = 1, kString = 3, kEnumeration = 8, kVariableLength = 9 };

struct Number {
  DType dtype;
  uint8_t type_class, size;
  bool is_signed;
};
constexpr std::array kNumbers = {
    Number{DType::kInt8, kInteger, 1, true},   Number{DType::kInt16, kInteger, 2, true},
    Number{DType::kInt32, kInteger, 4, true},  Number{DType::kInt64, kInteger, 8, true},
    Number{DType::kUint8, kInteger, 1, false}, Number{DType::kUint16, kInteger, 2, false},
    Number{DType::kUint32, kInteger, 4, false}, Number{DType::kUint64, kInteger, 8, false},
    Number{DType::kHalf, kFloat, 2, true},     Number{DType::kFloat32, kFloat, 4, true},
    Number{DType::kFloat64, kFloat, 8, true}};

// Where exponent and mantissa of IEEE numbers begin and how many bits they have, and the exponent's bias.
struct FloatBits {
  uint8_t exponent_at, exponent_bits, mantissa_bits;
  uint32_t bias;
};
FloatBits float_bits(size_t size) {
  if (size == 2) return {10, 5, 10, 15};
  if (size == 4) return {23, 8, 23, 127};
  return {52, 11, 52, 1023};
}

constexpr size_t kHeadBytes = 8;  // class and version, 24 bits, size
constexpr uint8_t kVersion = 1 << 4;

uint8_t byte_at(std::string_view s, size_t i) { return static_cast<uint8_t>(s[i]); }

Status cut_short() { return data_loss("Damaged HDF5 file: a datatype is cut short"); }
Status no_tensor(std::string_view what) { return unimplemented("HDF5: {} can't be read into a tensor", what); }

StatusOr<Hdf5Type> parse_number(uint8_t type_class, std::string_view message) {
  const size_t size = io::fixed32_at(message.data() + 4);
  if (message.size() < kHeadBytes + (type_class == kInteger ? 4 : 12)) return cut_short();
  const bool is_signed = type_class == kFloat || (byte_at(message, 1) & 8) != 0;
  const auto number = std::find_if(kNumbers.begin(), kNumbers.end(), [&](const Number& n) {
    return n.type_class == type_class && n.size == size && n.is_signed == is_signed;
  });
  if (number == kNumbers.end()) return no_tensor(fmt::format("Numbers of {} bytes", size));
  // All bits count, from the first on; of floats those of IEEE 754.
  const uint32_t place = io::fixed32_at(message.data() + kHeadBytes);
  if (place != size * 8 << 16) return no_tensor("Numbers with unused bits");
  if (type_class == kFloat) {
    const FloatBits bits = float_bits(size);
    const bool ieee = byte_at(message, 12) == bits.exponent_at && byte_at(message, 13) == bits.exponent_bits &&
                      byte_at(message, 14) == 0 && byte_at(message, 15) == bits.mantissa_bits &&
                      io::fixed32_at(message.data() + 16) == bits.bias;
    if (!ieee || (byte_at(message, 1) & 0x70) != 0x20) return no_tensor("Floating-point numbers other than IEEE's");
  }
  return Hdf5Type{.dtype = number->dtype, .size = size, .big_endian = (byte_at(message, 1) & 1) != 0};
}

// Enumerations are the integers that they are made of, but those of h5py's booleans.
StatusOr<Hdf5Type> parse_enumeration(std::string_view message) {
  const std::string_view base = message.substr(kHeadBytes);
  if (base.size() < kHeadBytes || (byte_at(base, 0) & 15) != kInteger) return cut_short();
  ASSIGN_OR_RETURN(Hdf5Type type, parse_number(kInteger, base));
  const std::string_view names = base.substr(kHeadBytes + 4);
  if (type.dtype == DType::kInt8 && byte_at(message, 1) == 2 && names.substr(0, 5) == "FALSE" &&
      names.find("TRUE") != std::string_view::npos) {
    type.dtype = DType::kBool;
  }
  return type;
}

void append_head(uint8_t type_class, uint32_t bits, size_t size, std::string* out) {
  out->push_back(static_cast<char>(kVersion | type_class));
  for (int i = 0; i < 3; ++i) out->push_back(static_cast<char>(bits >> (8 * i)));
  io::append_fixed32(*out, static_cast<uint32_t>(size));
}

void append_integer(size_t size, bool is_signed, std::string* out) {
  append_head(kInteger, is_signed ? 8 : 0, size, out);
  io::append_fixed32(*out, static_cast<uint32_t>(size * 8 << 16));
}

void append_float(size_t size, std::string* out) {
  const FloatBits bits = float_bits(size);
  const auto sign_at = static_cast<uint32_t>(size * 8 - 1);
  append_head(kFloat, 0x20 | sign_at << 8, size, out);
  io::append_fixed32(*out, static_cast<uint32_t>(size * 8 << 16));
  for (const uint8_t byte : {bits.exponent_at, bits.exponent_bits, uint8_t{0}, bits.mantissa_bits}) {
    out->push_back(static_cast<char>(byte));
  }
  io::append_fixed32(*out, bits.bias);
}

}  // namespace

StatusOr<Hdf5Type> parse_hdf5_type(std::string_view message) {
  if (message.size() < kHeadBytes) return cut_short();
  const uint8_t type_class = byte_at(message, 0) & 15;
  const size_t size = io::fixed32_at(message.data() + 4);
  switch (type_class) {
    case kInteger: case kFloat: return parse_number(type_class, message);
    case kEnumeration: return parse_enumeration(message);
    case kString:
      if (size == 0) return data_loss("Damaged HDF5 file: strings of no bytes");
      return Hdf5Type{.dtype = DType::kString, .size = size, .utf8 = (byte_at(message, 1) >> 4) == 1};
    case kVariableLength:
      if ((byte_at(message, 1) & 15) != 1) return no_tensor("Sequences of variable length");
      if (size != kHdf5ReferenceBytes) return data_loss("Damaged HDF5 file: references of {} bytes", size);
      return Hdf5Type{.dtype = DType::kString, .size = size, .variable = true, .utf8 = (byte_at(message, 2) & 15) == 1};
    default: return no_tensor(fmt::format("Values of class {}", type_class));
  }
}

StatusOr<Hdf5Type> hdf5_type_of(const Hdf5Value& value) {
  Hdf5Type type{.dtype = value.tensor.dtype(), .variable = value.variable, .utf8 = value.utf8};
  if (type.dtype == DType::kString) {
    type.size = kHdf5ReferenceBytes;
    if (value.variable) return type;
    type.size = 1;
    for (const std::string& s : value.tensor.flat<std::string>()) type.size = std::max(type.size, s.size());
    return type;
  }
  if (type.dtype == DType::kBool) {
    type.size = 1;
    return type;
  }
  for (const Number& number : kNumbers) {
    if (number.dtype != type.dtype) continue;
    type.size = number.size;
    return type;
  }
  return invalid_argument("HDF5 files have no values of type {}", dtype_name(type.dtype));
}

void append_hdf5_type(const Hdf5Type& type, std::string* message) {
  if (type.dtype == DType::kString && type.variable) {
    append_head(kVariableLength, 1 | (type.utf8 ? 1 << 8 : 0), type.size, message);
    append_integer(1, false, message);
  } else if (type.dtype == DType::kString) {
    append_head(kString, 1 | (type.utf8 ? 1 << 4 : 0), type.size, message);  // filled up with zeros
  } else if (type.dtype == DType::kBool) {
    append_head(kEnumeration, 2, 1, message);
    append_integer(1, true, message);
    message->append("FALSE\0\0\0TRUE\0\0\0\0\0\1", 18);  // the names, each filled up to eight bytes, and the values
  } else {
    const auto number = std::find_if(kNumbers.begin(), kNumbers.end(), [&](const Number& n) { return n.dtype == type.dtype; });
    if (number->type_class == kFloat) {
      append_float(type.size, message);
    } else {
      append_integer(type.size, number->is_signed, message);
    }
  }
}

}  // namespace reflow::formats
