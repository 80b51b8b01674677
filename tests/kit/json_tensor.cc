#include "tests/kit/json_tensor.h"

#include <absl/strings/escaping.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <vector>

namespace reflow::testing {
namespace {

using nlohmann::json;

// The innermost values, `depth` lists deep.
void flatten(const json& value, size_t depth, std::vector<json>& into) {
  if (depth == 0) return into.push_back(value);
  for (const json& item : value) flatten(item, depth - 1, into);
}

double number(const json& value) {
  if (value.is_number()) return value.get<double>();
  const std::string text = value.get<std::string>();
  if (text == "nan") return std::numeric_limits<double>::quiet_NaN();
  if (text == "inf") return std::numeric_limits<double>::infinity();
  if (text == "-inf") return -std::numeric_limits<double>::infinity();
  throw std::runtime_error("no number: " + text);
}

template <typename T>
T element(const json& value) {
  if constexpr (std::is_same_v<T, bool>) {
    return value.get<bool>();
  } else if constexpr (std::is_integral_v<T>) {
    return value.get<T>();
  } else if constexpr (std::is_same_v<T, float> || std::is_same_v<T, double>) {
    return static_cast<T>(number(value));
  } else if constexpr (std::is_same_v<T, std::string>) {
    std::string bytes;
    if (!absl::Base64Unescape(value.get<std::string>(), &bytes)) throw std::runtime_error("no base64");
    return bytes;
  } else if constexpr (std::is_same_v<T, std::complex<float>> || std::is_same_v<T, std::complex<double>>) {
    using Part = typename T::value_type;
    return T(static_cast<Part>(number(value.at(0))), static_cast<Part>(number(value.at(1))));
  } else {
    return T(static_cast<float>(number(value)));
  }
}

}  // namespace

Tensor tensor_from_json(const json& value) {
  const DType type = dtype_from_name(value.at("dtype").get<std::string>());
  const Shape shape(value.at("shape").get<std::vector<int64_t>>());
  std::vector<json> values;
  flatten(value.at("values"), static_cast<size_t>(shape.rank()), values);
  Tensor tensor(type, shape);
  if (static_cast<int64_t>(values.size()) != tensor.num_elements()) throw std::runtime_error("wrong number of values");
  const bool known = with_type(kPlainTypes + Types<std::string>{}, type, [&]<typename T>() {
    for (size_t i = 0; i < values.size(); ++i) tensor.data<T>()[i] = element<T>(values[i]);
  });
  if (!known) throw std::runtime_error("no values of type " + dtype_name(type));
  return tensor;
}

}  // namespace reflow::testing
