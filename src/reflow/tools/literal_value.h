#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/tensor/tensor.h"

namespace reflow::tools {

// A value as Python writes it: 3, 2.5, True, 'text', [[1, 2], [3, 4]], {'age': [22]}, np.ones((2, 3)).
struct LiteralValue {
  using List = std::vector<LiteralValue>;
  struct Item;
  using Dict = std::vector<Item>;
  std::variant<bool, int64_t, double, std::string, List, Dict> value;
};

struct LiteralValue::Item {
  std::string key;
  LiteralValue value;
};

// InvalidArgument: "COLUMN: what was expected".
StatusOr<LiteralValue> parse_literal(std::string_view text);

// The value as a tensor of a type. InvalidArgument: rows of different lengths, an element that is none of the type.
StatusOr<Tensor> tensor_of_literal(const LiteralValue& literal, DType type);

}  // namespace reflow::tools
