// Tensors as text: the forms that the runtime's messages have.

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "reflow/tensor/tensor.h"
#include "reflow/tensor/tensor_text.h"

namespace reflow {
namespace {

std::string escaped(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    switch (c) {
      case '\n': text += "\\n"; break;
      case '\r': text += "\\r"; break;
      case '\t': text += "\\t"; break;
      case '"': case '\'': case '\\': text += {'\\', c}; break;
      default:
        if (c >= 0x20 && c < 0x7f) {
          text += c;
        } else {
          text += fmt::format("\\{:03o}", static_cast<unsigned char>(c));
        }
    }
  }
  return text;
}

// Types whose elements TensorFlow 1.15 prints; others print as "?".
template <typename T>
std::string element_text(const T& v) {
  if constexpr (std::is_same_v<T, float>) {
    const std::string text = fmt::format("{:.6g}", v);  // six digits, or nine where they are needed
    return v != v || std::strtof(text.c_str(), nullptr) == v ? text : fmt::format("{:.9g}", v);
  } else if constexpr (std::is_same_v<T, double>) {
    const std::string text = fmt::format("{:.15g}", v);
    return v != v || std::strtod(text.c_str(), nullptr) == v ? text : fmt::format("{:.17g}", v);
  } else if constexpr (std::is_same_v<T, Half>) {
    return element_text(float(v));
  } else if constexpr (std::is_same_v<T, std::string>) {
    return escaped(v);
  } else if constexpr (std::is_same_v<T, Variant>) {
    return "<" + (v.empty() ? std::string("Variant") : v.type_name()) + ">";
  } else if constexpr (requires { v.value; }) {
    return std::to_string(v.value);
  } else {
    return std::to_string(v);
  }
}

constexpr Types<float, double, Half, int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t, bool,
                std::string, Qint8, Quint8, Qint16, Quint16>
    kNestedTypes{};

template <typename T>
class Summary {
 public:
  Summary(const T* data, const Shape& shape, int64_t limit) : data_(data), shape_(shape), limit_(limit) {}

  std::string text() {
    if (shape_.rank() == 0) {
      if (limit_ > 0) text_ = element_text(data_[0]);
    } else {
      dimension(0);
    }
    return std::move(text_);
  }

 private:
  void dimension(int d) {
    for (int64_t i = 0; i < shape_.dim(d); ++i) {
      if (d < shape_.rank() - 1) {
        if (next_ >= limit_) return;
        text_ += '[';
        dimension(d + 1);
        text_ += ']';
      } else if (next_ >= limit_) {
        if (d > 0) text_ += "...";
        return;
      } else {
        if (i > 0) text_ += ' ';
        text_ += element_text(data_[next_++]);
      }
    }
  }

  const T* data_;
  const Shape& shape_;
  int64_t limit_, next_ = 0;
  std::string text_;
};

template <typename T>
class EndsSummary {
 public:
  EndsSummary(const T* data, const Shape& shape, int64_t ends) : data_(data), shape_(shape), ends_(ends) {}

  std::string text() {
    dimension(0, 0, shape_.num_elements());
    return std::move(text_);
  }

 private:
  // `count` elements from `at` on lie behind dimension d.
  void dimension(int d, int64_t at, int64_t count) {
    if (d == shape_.rank()) {
      if constexpr (std::is_same_v<T, std::string>) {
        text_ += '"' + element_text(data_[at]) + '"';
      } else {
        text_ += element_text(data_[at]);
      }
      return;
    }
    const int64_t size = shape_.dim(d), step = size > 0 ? count / size : 0;
    text_ += '[';
    for (int64_t i = 0; i < size; ++i) {
      if (i == ends_ && size > 2 * ends_) {
        spacing(d);
        text_ += "...";
        i = size - ends_;
        if (i == size) break;
      }
      if (i > 0) spacing(d);
      dimension(d + 1, at + i * step, step);
    }
    text_ += ']';
  }

  // Between two elements of dimension d.
  void spacing(int d) {
    if (d == shape_.rank() - 1) {
      text_ += ' ';
      return;
    }
    text_.append(static_cast<size_t>(shape_.rank() - 1 - d), '\n');
    text_.append(static_cast<size_t>(d) + 1, ' ');
  }

  const T* data_;
  const Shape& shape_;
  int64_t ends_;
  std::string text_;
};

std::string flat_summary(const Tensor& t, int64_t limit) {
  std::string text;
  for (int64_t i = 0; i < limit; ++i) {
    if (i > 0) text += ' ';
    text += t.dtype() == DType::kVariant ? element_text(t.data<Variant>()[i]) : "?";
  }
  return text;
}

}  // namespace

std::string Tensor::summarize(int max_elements) const {
  if (!valid() || num_elements_ == 0) return "";
  const int64_t limit = max_elements < 0 ? num_elements_ : std::min<int64_t>(max_elements, num_elements_);
  std::string text;
  const bool nested =
      with_type(kNestedTypes, type_, [&]<typename T>() { text = Summary<T>(data<T>(), shape_, limit).text(); });
  if (!nested) text = flat_summary(*this, limit);
  return limit < num_elements_ ? text + "..." : text;
}

std::string summarize_ends(const Tensor& t, int64_t ends) {
  if (!t.valid()) return "";
  const int64_t limit = ends < 0 ? t.num_elements() : std::min(ends, t.num_elements());
  std::string text;
  const bool nested =
      with_type(kNestedTypes, t.dtype(), [&]<typename T>() { text = EndsSummary<T>(t.data<T>(), t.shape(), limit).text(); });
  return nested ? text : "[" + flat_summary(t, limit) + (limit < t.num_elements() ? "...]" : "]");
}

std::string Tensor::debug_string() const {
  return fmt::format("Tensor<type: {} shape: {} values: {}>", dtype_spec_name(type_), shape_.str(), summarize());
}

}  // namespace reflow
