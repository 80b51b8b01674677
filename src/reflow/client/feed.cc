#include "reflow/client/feed.h"

#include <charconv>

#include "reflow/client/apply_op.h"
#include "reflow/client/errors.h"
#include "reflow/client/python_text.h"
#include "reflow/base/status.h"

namespace reflow::client {
namespace {

void check_shape(const GraphElement& key, const Shape& shape) {
  const Output output = key.output();
  if (output.shape().compatible_with(shape)) return;
  throw ValueError(fmt::format("Cannot feed value of shape {} for Tensor {}, which has shape '{}'", python_shape(shape),
                               python_repr(output.name()), python_shape(output.shape())));
}

// Strings that are numbers, as NumPy takes them.
Tensor parse_numbers(const Tensor& text, DType dtype) {
  Tensor numbers(DType::kFloat64, text.shape());
  for (int64_t i = 0; i < text.num_elements(); ++i) {
    const std::string& s = text.data<std::string>()[i];
    const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), numbers.data<double>()[i]);
    if (error != std::errc() || end != s.data() + s.size()) {
      throw ValueError(is_integer(dtype) ? "invalid literal for int() with base 10: " + python_repr(s)
                                         : "could not convert string to float: " + python_repr(s));
    }
  }
  return to_tensor(numbers, dtype);
}

// A Python int that the type can't hold is a mistake; other values are converted.
void check_fits(int64_t number, DType dtype) {
  if (!is_integer(dtype)) return;
  const Tensor converted = to_tensor(Tensor::scalar(number), dtype);
  if (to_tensor(converted, DType::kInt64).item<int64_t>() == number) return;
  throw TypeError(fmt::format("Type of feed value {} with type <class 'int'> is not compatible with Tensor type <class "
                              "'numpy.{}'>. Try explicitly setting the type of the feed tensor to a larger type (e.g. "
                              "int64).", number, dtype_name(dtype)));
}

Tensor converted(const Tensor& value, DType dtype) {
  if (value.dtype() == dtype) return value;
  if (value.dtype() == DType::kString) return parse_numbers(value, dtype);
  return to_tensor(value, dtype);
}

}  // namespace

void check_fed(const GraphElement& key, const Tensor& value) {
  const DType dtype = base_type(key.output().dtype());
  if (value.dtype() != dtype) {
    throw TypeError(fmt::format("Tensor {} takes values of type {}, got {}.", python_repr(key.output().name()),
                                dtype_name(dtype), value.valid() ? dtype_name(value.dtype()) : "none"));
  }
  check_shape(key, value.shape());
}

Tensor feed_value(const Feed& feed) {
  const DType dtype = base_type(feed.key().output().dtype());
  Tensor value;
  if (feed.tensor().valid()) {
    value = converted(feed.tensor(), dtype);
  } else {
    if (is_symbolic(feed.other())) {
      const Output* output = feed.other().output();
      throw TypeError(fmt::format(
          "The value of a feed cannot be a tf.Tensor object. Acceptable feed values include Python scalars, strings, "
          "lists, numpy ndarrays, or TensorHandles. For reference, the tensor object was {} which was passed to the "
          "feed with key {}.", output ? python_tensor(*output) : describe(feed.other()),
          python_tensor(feed.key().output())));
    }
    if (const auto* number = std::get_if<int64_t>(&feed.other().value())) check_fits(*number, dtype);
    value = converted(to_tensor(feed.other(), DType::kInvalid), dtype);
  }
  check_shape(feed.key(), value.shape());
  return value;
}

}  // namespace reflow::client
