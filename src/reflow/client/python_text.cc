#include "reflow/client/python_text.h"

#include <charconv>
#include <cmath>

#include "reflow/base/status.h"
#include "reflow/client/output.h"
#include "reflow/graph/shape_text.h"
#include "reflow/graph/tensor_text.h"

namespace reflow::client {

std::string python_repr(std::string_view text) {
  const char quote = text.find('\'') != std::string_view::npos && text.find('"') == std::string_view::npos ? '"' : '\'';
  std::string out(1, quote);
  for (const char c : text) {
    if (c == quote || c == '\\') {
      out.append(1, '\\').append(1, c);
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '\r') {
      out += "\\r";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out.append(1, quote);
}

std::string python_repr(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  const double magnitude = std::fabs(value);
  const bool scientific = magnitude != 0 && (magnitude < 1e-4 || magnitude >= 1e16);
  char buffer[400];
  const auto [end, error] = std::to_chars(buffer, buffer + sizeof(buffer), value,
                                          scientific ? std::chars_format::scientific : std::chars_format::fixed);
  std::string text(buffer, end);
  if (!scientific && text.find('.') == std::string::npos) text += ".0";
  return text;
}

std::string python_shape(const Shape& shape) { return graph::shape_text(shape); }

std::string python_list(const Shape& shape) {
  std::string out = "[";
  for (int i = 0; i < shape.rank(); ++i) {
    if (i > 0) out += ", ";
    out += shape.dim(i) < 0 ? "None" : std::to_string(shape.dim(i));
  }
  return out + "]";
}

std::string python_dtype(DType type) { return fmt::format("<dtype: '{}'>", dtype_name(type)); }

std::string python_tensor(const Output& tensor) {
  return graph::tensor_text({tensor.node(), tensor.index()});
}

}  // namespace reflow::client
