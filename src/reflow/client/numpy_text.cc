#include "reflow/client/numpy_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <concepts>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/client/python_text.h"

namespace reflow::client {
namespace {

constexpr int64_t kThreshold = 1000, kEdgeItems = 3;
constexpr size_t kLineWidth = 75;
constexpr int kPrecision = 8;  // digits behind the point

// The shortest digits that give `value` back, at most kPrecision behind the point.
template <typename T>
std::string digits(T value, bool scientific) {
  const auto format = scientific ? std::chars_format::scientific : std::chars_format::fixed;
  char buffer[400];
  auto end = std::to_chars(buffer, buffer + sizeof(buffer), value, format).ptr;
  std::string text(buffer, end);
  const size_t point = text.find('.'), exponent = text.find('e');
  const size_t last = std::min(exponent, text.size());
  if (point != std::string::npos && last - point - 1 > kPrecision) {
    end = std::to_chars(buffer, buffer + sizeof(buffer), value, format, kPrecision).ptr;
    text.assign(buffer, end);
    const size_t tail = std::min(text.find('e'), text.size());
    size_t keep = tail;
    while (text[keep - 1] == '0') --keep;
    text.erase(keep, tail - keep);
  }
  if (text.find('.') == std::string::npos) text.insert(std::min(text.find('e'), text.size()), ".");
  return text;
}

// All elements as text of one width.
template <typename T>
std::vector<std::string> float_texts(std::span<const T> values) {
  double largest = 0, smallest = INFINITY;
  for (const T v : values) {
    const double magnitude = std::fabs(static_cast<double>(v));
    if (!std::isfinite(magnitude) || magnitude == 0) continue;
    largest = std::max(largest, magnitude);
    smallest = std::min(smallest, magnitude);
  }
  const bool scientific = largest != 0 && (largest >= 1e8 || smallest < 1e-4 || largest / smallest > 1000);
  std::vector<std::string> texts;
  size_t left = 0, right = 0;
  for (const T v : values) {
    std::string text = std::isnan(v) ? "nan" : std::isinf(v) ? (v < 0 ? "-inf" : "inf") : digits(v, scientific);
    const size_t point = text.find('.');
    if (point != std::string::npos) {
      left = std::max(left, point);
      right = std::max(right, std::min(text.find('e'), text.size()) - point - 1);
    }
    texts.push_back(std::move(text));
  }
  size_t width = 0;
  for (std::string& text : texts) {
    const size_t point = text.find('.');
    if (point != std::string::npos) {
      const size_t tail = std::min(text.find('e'), text.size());
      text.insert(tail, right - (tail - point - 1), scientific ? '0' : ' ');
      text.insert(0, left - point, ' ');
    }
    width = std::max(width, text.size());
  }
  for (std::string& text : texts) text.insert(0, width - text.size(), ' ');
  return texts;
}

std::vector<std::string> aligned(std::vector<std::string> texts, bool to_the_right) {
  size_t width = 0;
  for (const std::string& text : texts) width = std::max(width, text.size());
  for (std::string& text : texts) text.insert(to_the_right ? 0 : text.size(), width - text.size(), ' ');
  return texts;
}

// Repr of bytes.
std::string bytes_text(const std::string& value) {
  std::string text = "b" + python_repr("");
  text.pop_back();
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\'' || c == '\\') text += fmt::format("\\{}", c);
    else if (c == '\n') text += "\\n";
    else if (c == '\t') text += "\\t";
    else if (c == '\r') text += "\\r";
    else if (byte < 0x20 || byte >= 0x7f) text += fmt::format("\\x{:02x}", byte);
    else text += c;
  }
  return text + "'";
}

std::vector<std::string> element_texts(const Tensor& tensor) {
  std::vector<std::string> texts;
  const DType type = base_type(tensor.dtype());
  if (type == DType::kString) {
    for (const std::string& v : tensor.flat<std::string>()) texts.push_back(bytes_text(v));
    return texts;
  }
  with_type(kPlainTypes, type, [&]<typename T>() {
    const auto values = tensor.flat<T>();
    if constexpr (std::floating_point<T>) {
      texts = float_texts(values);
    } else if constexpr (std::same_as<T, Half> || std::same_as<T, Bfloat16>) {
      const std::vector<float> wide(values.begin(), values.end());
      texts = float_texts(std::span<const float>(wide));
    } else if constexpr (std::same_as<T, bool>) {
      for (const bool v : values) texts.push_back(v ? tensor.rank() == 0 ? "True" : " True" : "False");
    } else if constexpr (std::integral<T>) {
      for (const T v : values) texts.push_back(std::to_string(v));
      texts = aligned(std::move(texts), true);
    } else if constexpr (requires(T v) { v.real(); }) {
      for (const T v : values) {
        texts.push_back(fmt::format("{}{}{}j", digits(v.real(), false), v.imag() < 0 ? "" : "+", digits(v.imag(), false)));
      }
    }
  });
  return texts;
}

// Writes one dimension after the other.
class Writer {
 public:
  Writer(const Shape& shape, const std::vector<std::string>& texts)
      : shape_(shape), texts_(texts), shortened_(shape.num_elements() > kThreshold) {}

  std::string dimension(int d, int64_t first) const {
    int64_t step = 1;
    for (int i = d + 1; i < shape_.rank(); ++i) step *= shape_.dim(i);
    const int64_t n = shape_.dim(d);
    const bool innermost = d + 1 == shape_.rank();
    const std::string indent(d + 1, ' ');
    std::string text = "[";
    size_t line = indent.size();
    for (int64_t i = 0; i < n; ++i) {
      std::string part;
      if (shortened_ && n > 2 * kEdgeItems && i == kEdgeItems) {
        part = "...";
        i = n - kEdgeItems - 1;
      } else {
        part = innermost ? texts_[first + i] : dimension(d + 1, first + i * step);
      }
      if (innermost) {
        if (line > indent.size() && line + 1 + part.size() >= kLineWidth) {
          text += "\n" + indent;
          line = indent.size();
        } else if (line > indent.size()) {
          text += " ";
          ++line;
        }
        line += part.size();
      } else if (text.size() > 1) {
        text += std::string(shape_.rank() - d - 1, '\n') + indent;
      }
      text += part;
    }
    return text + "]";
  }

 private:
  const Shape& shape_;
  const std::vector<std::string>& texts_;
  bool shortened_;
};

}  // namespace

std::string numpy_str(const Tensor& tensor) {
  if (tensor.rank() == 0) {
    const DType type = base_type(tensor.dtype());
    if (type == DType::kFloat64) return python_repr(tensor.item<double>());
    const std::vector<std::string> texts = element_texts(tensor);
    const bool bare_point = texts.front().ends_with('.') && is_floating(type);
    return bare_point ? texts.front() + "0" : texts.front();
  }
  const std::vector<std::string> texts = element_texts(tensor);
  return Writer(tensor.shape(), texts).dimension(0, 0);
}

}  // namespace reflow::client
