// Windows that are a - b cos.

#include <numbers>

#include "reflow/client/array_ops.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/operators.h"
#include "reflow/client/python_text.h"
#include "reflow/client/scopes.h"
#include "reflow/client/signal_ops.h"
#include "reflow/client/size.h"

namespace reflow::signal {
namespace {

Output raised_cosine(const TensorLike& length_like, const WindowOptions& options, const char* default_name, double a,
                     double b) {
  const DType dtype = options.dtype;
  if (!is_floating(dtype)) throw ValueError("dtype must be a floating point type. Found " + client::python_dtype(dtype));
  const name_scope scope(options.name, default_name);
  const Output length = convert_to_tensor(length_like, {.dtype = int32, .name = "window_length"});
  const auto known = client::known_integer(length);
  if (known == 1) return ones({1}, {.dtype = dtype});
  const Output periodic = cast(convert_to_tensor(options.periodic, {.dtype = bool_, .name = "periodic"}), int32);
  const Output even = 1 - mod(length, 2);
  const Output extra = periodic * even;
  const Output n = cast(length + extra - 1, dtype);
  const Output count = cast(range(length), dtype);
  const Output circle = constant(2 * std::numbers::pi, dtype);
  const Output angle = circle * count / n;
  const auto window = [&] { return a - b * cos(angle); };
  if (known) return window();
  const Output is_one = equal(length, 1);
  return cond(is_one, [&] { return ones({1}, {.dtype = dtype}); }, window);
}

}  // namespace

Output hann_window(const TensorLike& window_length, const WindowOptions& options) {
  return raised_cosine(window_length, options, "hann_window", 0.5, 0.5);
}
Output hamming_window(const TensorLike& window_length, const WindowOptions& options) {
  return raised_cosine(window_length, options, "hamming_window", 0.54, 0.46);
}

}  // namespace reflow::signal
