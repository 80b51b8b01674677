#include "reflow/client/check_ops.h"

#include <algorithm>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/eager.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/numpy_text.h"
#include "reflow/client/operators.h"
#include "reflow/client/python_text.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/scopes.h"
#include "reflow/client/status_errors.h"
#include "reflow/graph/static_value.h"
#include "reflow/op/kernel_registry.h"

namespace reflow {
namespace {

using client::apply_op;
using client::convert;

// The engine knows more values while a graph is built than TensorFlow, but then a check would fail in the program where
// TensorFlow's fails in a run, if it is run.
Tensor known_value(const Output& value) { return graph::static_value(client::to_endpoint(value)); }

// What a failed check says of `value`: its elements where they are known, else its name.
std::string static_text(const TensorLike& value) {
  if (const auto* text = std::get_if<std::string>(&value.value())) return *text;
  if (const Output* tensor = value.output()) {
    const Tensor known = known_value(*tensor);
    return known.valid() ? client::numpy_str(known) : client::python_tensor(*tensor);
  }
  return client::describe(value);
}

// True where `condition`, an element-wise op of two known tensors, is known to be false somewhere; `all`: its reduction.
bool fails_statically(const Output& condition, const Output& all) {
  if (executing_eagerly()) return !eager_bool(all);
  const std::vector<Output> sides = condition.op().inputs();
  const std::vector<Tensor> values{known_value(sides[0]), known_value(sides[1])};
  if (!values[0].valid() || !values[1].valid()) return false;
  const auto result = op::evaluate(*condition.node(), values);
  if (!result.ok()) return false;
  const auto truths = result->front().flat<bool>();
  return std::ranges::find(truths, false) != truths.end();
}

Operation assert_static_or_run(const Output& condition, const TensorList& data, const CheckOptions& options) {
  const Output all = reduce_all(condition);
  if (fails_statically(condition, all)) {
    std::string message;
    for (const TensorLike& part : data) message += (&part == &data.front() ? "" : "\n") + static_text(part);
    throw errors::InvalidArgumentError(message);
  }
  return Assert(all, data, {.summarize = options.summarize.value_or(3)});
}

Operation compare_all(const char* op, const char* symbol, const char* default_name, const TensorLike& a,
                      const TensorLike& b, const CheckOptions& options) {
  const name_scope scope(options.name, default_name);
  const Output x = convert(a, DType::kInvalid, "x");
  const Output y = convert(b, DType::kInvalid, "y");
  TensorList data = options.data.value_or(TensorList{fmt::format("Condition x {} y did not hold element-wise:", symbol),
                                                     fmt::format("x ({}) = ", x.name()), x,
                                                     fmt::format("y ({}) = ", y.name()), y});
  if (options.message) data.insert(data.begin(), *options.message);
  return assert_static_or_run(apply_op(op, "", {x, y}), data, options);
}

struct SignCheck {
  const char *op, *inner_name, *condition;
  bool zero_first;  // 0 op x, else x op 0
};

Operation compare_with_zero(const SignCheck& check, const char* default_name, const TensorLike& value,
                            const CheckOptions& options) {
  const name_scope scope(options.name, default_name);
  const Output x = convert(value, DType::kInvalid, "x");
  TensorList data;
  if (options.data) {
    data = *options.data;
  } else {
    const std::string condition = fmt::format("Condition x {} 0 did not hold element-wise:", check.condition);
    const std::string name = fmt::format("x ({}) = ", x.name());
    data = {options.message.value_or("")};
    // TensorFlow has no comma between the two there.
    if (std::string_view(check.condition) == "<=") {
      data.push_back(condition + name);
    } else {
      data.push_back(condition);
      data.push_back(name);
    }
    data.push_back(x);
  }
  const Output zero = convert(0, base_type(x.dtype()), "");
  const CheckOptions inner{.data = data, .summarize = options.summarize};
  return check.zero_first ? compare_all(check.op, "", check.inner_name, zero, x, inner)
                          : compare_all(check.op, "", check.inner_name, x, zero, inner);
}

// Ten times the distance from 1 to the next number. ValueError: not a type of floating-point numbers.
double default_tolerance(DType type) {
  switch (base_type(type)) {
    case DType::kHalf: return 10 * 0x1p-10;
    case DType::kBfloat16: return 10 * 0x1p-7;
    case DType::kFloat64: return 10 * 0x1p-52;
    case DType::kFloat32: return 10 * 0x1p-23;
    default: throw ValueError(fmt::format("data type <class 'numpy.{}'> not inexact", dtype_name(base_type(type))));
  }
}

}  // namespace

Operation assert_equal(const TensorLike& x, const TensorLike& y, const CheckOptions& options) {
  {
    const name_scope scope(options.name, "assert_equal");
    if (x.output() && y.output() && *x.output() == *y.output()) return no_op();
  }
  return compare_all("Equal", "==", "assert_equal", x, y, options);
}
Operation assert_none_equal(const TensorLike& x, const TensorLike& y, const CheckOptions& options) {
  return compare_all("NotEqual", "!=", "assert_none_equal", x, y, options);
}
Operation assert_less(const TensorLike& x, const TensorLike& y, const CheckOptions& options) {
  return compare_all("Less", "<", "assert_less", x, y, options);
}
Operation assert_less_equal(const TensorLike& x, const TensorLike& y, const CheckOptions& options) {
  return compare_all("LessEqual", "<=", "assert_less_equal", x, y, options);
}
Operation assert_greater(const TensorLike& x, const TensorLike& y, const CheckOptions& options) {
  return compare_all("Greater", ">", "assert_greater", x, y, options);
}
Operation assert_greater_equal(const TensorLike& x, const TensorLike& y, const CheckOptions& options) {
  return compare_all("GreaterEqual", ">=", "assert_greater_equal", x, y, options);
}

Operation assert_near(const TensorLike& a, const TensorLike& b, const NearOptions& options) {
  const name_scope scope(options.name, "assert_near");
  const Output x = convert(a, DType::kInvalid, "x");
  const DType type = base_type(x.dtype());
  const Output y = convert(b, type, "y");
  const bool both_given = !options.rtol.is_none() && !options.atol.is_none();
  const TensorLike tolerance = both_given ? TensorLike() : TensorLike(default_tolerance(type));
  const Output rtol = convert(options.rtol.is_none() ? tolerance : options.rtol, type, "rtol");
  const Output atol = convert(options.atol.is_none() ? tolerance : options.atol, type, "atol");
  const TensorList data = options.data.value_or(TensorList{
      options.message.value_or(""),
      fmt::format("x and y not equal to tolerance rtol = {}, atol = {}", client::python_tensor(rtol),
                  client::python_tensor(atol)),
      fmt::format("x ({}) = ", x.name()), x, fmt::format("y ({}) = ", y.name()), y});
  const Output allowed = atol + rtol * abs(y);
  const Output difference = abs(x - y);
  const Output near = reduce_all(less(difference, allowed));
  return Assert(near, data, {.summarize = options.summarize.value_or(3)});
}

Operation assert_negative(const TensorLike& x, const CheckOptions& options) {
  return compare_with_zero({"Less", "assert_less", "<", false}, "assert_negative", x, options);
}
Operation assert_positive(const TensorLike& x, const CheckOptions& options) {
  return compare_with_zero({"Less", "assert_less", ">", true}, "assert_positive", x, options);
}
Operation assert_non_negative(const TensorLike& x, const CheckOptions& options) {
  return compare_with_zero({"LessEqual", "assert_less_equal", ">=", true}, "assert_non_negative", x, options);
}
Operation assert_non_positive(const TensorLike& x, const CheckOptions& options) {
  return compare_with_zero({"LessEqual", "assert_less_equal", "<=", false}, "assert_non_positive", x, options);
}

Operation assert_integer(const TensorLike& value, const TypeCheckOptions& options) {
  const name_scope scope(options.name, "assert_integer");
  const Output x = convert(value, DType::kInvalid, "x");
  if (!is_integer(x.dtype())) {
    throw TypeError(fmt::format("{}  Expected \"x\" to be integer type.  Found: {} of dtype {}", options.message,
                                x.name(), client::python_dtype(x.dtype())));
  }
  return no_op("statically_determined_was_integer");
}

Operation assert_type(const TensorLike& value, DType tf_type, const TypeCheckOptions& options) {
  const name_scope scope(options.name, "assert_type");
  const Output tensor = convert(value, DType::kInvalid, "tensor");
  if (tensor.dtype() != tf_type) {
    throw TypeError(fmt::format("{}  {} must be of type {}", options.message, tensor.name(),
                                client::python_dtype(tf_type)));
  }
  return no_op("statically_determined_correct_type");
}

DType assert_same_float_dtype(const std::vector<Output>& tensors, DType dtype) {
  DType expected = dtype;
  const Output* original = nullptr;
  for (const Output& tensor : tensors) {
    if (!tensor.valid()) continue;
    const DType type = base_type(tensor.dtype());
    if (expected == DType::kInvalid) {
      expected = type;
      original = &tensor;
    } else if (type != expected) {
      throw ValueError(fmt::format("{}, type={}, must be of the same type ({}){}.", tensor.name(),
                                   client::python_dtype(type), client::python_dtype(expected),
                                   original ? " as " + original->name() : ""));
    }
  }
  if (expected == DType::kInvalid) return DType::kFloat32;
  if (!is_floating(expected)) {
    throw ValueError("Expected floating point type, got " + client::python_dtype(expected) + ".");
  }
  return expected;
}

bool is_numeric_tensor(const TensorLike& tensor) {
  const DType type = tensor.output() ? base_type(tensor.output()->dtype()) : DType::kInvalid;
  switch (type) {
    case DType::kFloat32: case DType::kFloat64: case DType::kInt8: case DType::kInt16: case DType::kInt32:
    case DType::kInt64: case DType::kUint8: case DType::kQint8: case DType::kQint32: case DType::kQuint8:
    case DType::kComplex64: return true;
    default: return false;
  }
}

namespace {

// x[1:] - x[:-1] of all elements; nothing where there are fewer than two.
Output differences(const TensorLike& value) {
  const Output x = reshape(value, {-1});
  if (!is_numeric_tensor(x)) {
    throw TypeError("Expected x to be numeric, instead found: " + client::python_tensor(x));
  }
  const Output short_of_two = less(size(x), 2);
  const Output count = shape(x) - 1;
  const auto none = [&] { return convert(Tensor(base_type(x.dtype()), Shape{0}), DType::kInvalid, ""); };
  return cond(short_of_two, none, [&] {
    const Output end = client::binary_operator("AddV2", "add", {1}, count);
    const Output later = strided_slice(x, {1}, end), earlier = strided_slice(x, {0}, count);
    return later - earlier;
  });
}

Output all_differences(const char* default_name, const char* op, const TensorLike& x, const NameOptions& options) {
  const name_scope scope(options.name, default_name);
  const Output steps = differences(x);
  const Output zero = convert(0, base_type(steps.dtype()), "");
  return reduce_all(apply_op(op, "", {zero, steps}));
}

}  // namespace

Output is_non_decreasing(const TensorLike& x, const NameOptions& options) {
  return all_differences("is_non_decreasing", "LessEqual", x, options);
}
Output is_strictly_increasing(const TensorLike& x, const NameOptions& options) {
  return all_differences("is_strictly_increasing", "Less", x, options);
}

Output verify_tensor_all_finite(const TensorLike& value, const std::string& message, const NameOptions& options) {
  const name_scope scope(options.name, "VerifyFinite");
  const Output x = convert(value, DType::kInvalid, "x");
  const colocate_with colocated(x);
  const Output verified = check_numerics(x, message);
  return with_dependencies({verified.op()}, x);
}

Output check_numerics(const TensorLike& tensor, const std::string& message, const NameOptions& options) {
  return apply_op("CheckNumerics", options.name, {tensor}, {{"message", message}});
}

Output ensure_shape(const TensorLike& x, const Shape& shape, const NameOptions& options) {
  return apply_op("EnsureShape", options.name, {x}, {{"shape", shape}});
}

}  // namespace reflow
