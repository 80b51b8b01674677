#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

// NumPy's array files. Values in C order and little-endian only. Functions throw std::runtime_error on a damaged file.
namespace reflow::testing {

// An array as a file has it, by value.
struct Array {
  std::string dtype;  // NumPy's name: "float32", "int64", "bool", "complex64", ...; "string": values are in `strings`
  std::vector<int64_t> shape;
  std::string bytes;                 // element after element
  std::vector<std::string> strings;  // dtype "string" only

  int64_t num_elements() const;
  size_t element_size() const;

  // The elements as T. REQUIRES: sizeof(T) == element_size().
  template <typename T>
  std::vector<T> values() const {
    if (sizeof(T) != element_size()) throw std::runtime_error("elements of " + dtype + " have another size");
    std::vector<T> out(bytes.size() / sizeof(T));
    for (size_t i = 0; i < out.size(); ++i) {
      T value;
      std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
      out[i] = value;
    }
    return out;
  }
};

using Npz = std::map<std::string, Array, std::less<>>;  // by name, without .npy

// Size of one element of a NumPy type by its name ("float32" -> 4); bfloat16 is known too.
size_t size_of_dtype(std::string_view dtype);

// A .npy file's contents.
Array parse_npy(std::string_view file);

// A .npz file's contents: a zip archive of .npy files, stored or deflated.
Npz parse_npz(std::string_view file);

// The golden file `name` ("tf-1.15/kernels/unary.npz").
Npz read_golden_npz(std::string_view name);

// The tensor that `reference` of kernels/*.json stands for: [dtype, shape, offset] is cut out of npz[dtype], and
// ["string", shape, values] or ["string_base64", shape, values] carries its values. tests/data/tf-1.15/README.md.
Array referenced_array(const Npz& npz, const nlohmann::json& reference);

}  // namespace reflow::testing
