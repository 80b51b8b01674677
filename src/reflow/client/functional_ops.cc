#include "reflow/client/functional_ops.h"

#include <algorithm>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/indexing.h"
#include "reflow/client/operators.h"
#include "reflow/client/scopes.h"
#include "reflow/client/tensor_array.h"
#include "reflow/client/while_loop.h"

namespace reflow {
namespace {

std::vector<Output> convert_elems(const TensorList& elems) {
  if (elems.empty()) throw ValueError("elems must have at least one tensor");
  std::vector<Output> converted;
  for (const TensorLike& elem : elems) converted.push_back(client::convert(elem, DType::kInvalid, "elem"));
  return converted;
}

int64_t static_rows(const Output& x) { return x.shape().rank() > 0 ? x.shape().dim(0) : -1; }

// A number of rows: known, or a tensor. An empty one counts as unknown where TensorFlow says so.
TensorLike num_rows(const Output& x, bool zero_is_unknown) {
  if (x.shape().known_rank() && x.shape().rank() == 0) throw IndexError("list index out of range");
  const int64_t rows = static_rows(x);
  if (rows > 0 || (rows == 0 && !zero_is_unknown)) return rows;
  return shape(x)[0];
}

TensorLike minus(const TensorLike& n, int64_t k) {
  if (const Output* tensor = n.output()) return *tensor - k;
  return std::get<int64_t>(n.value()) - k;
}

std::vector<TensorArray> unstacked(const std::vector<Output>& elems, const TensorLike& n) {
  std::vector<TensorArray> arrays;
  for (const Output& elem : elems) arrays.push_back(TensorArray(base_type(elem.dtype()), n).unstack(elem));
  return arrays;
}

std::vector<Output> read_all(const std::vector<TensorArray>& arrays, const TensorLike& i) {
  std::vector<Output> values;
  for (const TensorArray& array : arrays) values.push_back(array.read(i));
  return values;
}

// The arrays as of the loop variables from `first` on.
std::vector<TensorArray> with_flows(const std::vector<TensorArray>& arrays, const std::vector<Output>& vars, size_t first) {
  std::vector<TensorArray> current;
  for (size_t i = 0; i < arrays.size(); ++i) current.push_back(arrays[i].with_flow(vars[first + i]));
  return current;
}

TensorList written(const std::vector<TensorArray>& arrays, const Output& i, const TensorList& values) {
  if (values.size() != arrays.size()) {
    throw ValueError(fmt::format("The two structures don't have the same number of elements: fn gives {} values, and not {}.",
                                 values.size(), arrays.size()));
  }
  TensorList flows;
  for (size_t k = 0; k < arrays.size(); ++k) flows.push_back(arrays[k].write(i, values[k]).flow());
  return flows;
}

std::vector<Output> stack_all(const std::vector<TensorArray>& arrays, const std::vector<Output>& elems) {
  std::vector<Output> results;
  for (const TensorArray& array : arrays) results.push_back(array.stack());
  int64_t rows = static_rows(elems[0]);
  for (const Output& elem : elems) rows = std::max(rows, static_rows(elem));
  for (const Output& result : results) {
    Shape shape = result.shape();
    if (!shape.known_rank() || shape.rank() == 0) continue;
    shape.set_dim(0, rows);
    result.set_shape(shape);
  }
  return results;
}

TensorList join(TensorList first, const TensorList& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

TensorList flows_of(const std::vector<TensorArray>& arrays) {
  TensorList flows;
  for (const TensorArray& array : arrays) flows.push_back(array.flow());
  return flows;
}

template <typename Options>
WhileLoopOptions loop_options(const Options& options, const TensorLike& n) {
  return {.parallel_iterations = options.parallel_iterations, .back_prop = options.back_prop,
          .swap_memory = options.swap_memory, .maximum_iterations = n};
}

std::vector<Output> tail(const std::vector<Output>& vars, size_t first) { return {vars.begin() + first, vars.end()}; }

FoldListFn over_lists(const FoldFn& fn) {
  if (!fn) return {};
  return [fn](const std::vector<Output>& a, const std::vector<Output>& x) { return TensorList{fn(a[0], x[0])}; };
}

TensorList one_or_none(const TensorLike& value) { return value.is_none() ? TensorList() : TensorList{value}; }

}  // namespace

std::vector<Output> map_fn(const MapListFn& fn, const TensorList& elems, const MapOptions& options) {
  if (!fn) throw TypeError("fn must be callable.");
  const name_scope scope(options.name, "map");
  const std::vector<Output> rows = convert_elems(elems);
  if (rows[0].shape().known_rank() && rows[0].shape().rank() < 1) {
    throw ValueError(rows.size() == 1 ? "elems must be a 1+ dimensional Tensor, not a scalar"
                                      : "elements in elems must be 1+ dimensional Tensors, not scalars");
  }
  const TensorLike n = num_rows(rows[0], /*zero_is_unknown=*/true);
  std::vector<TensorArray> sources, results;
  for (const Output& elem : rows) sources.push_back(TensorArray(base_type(elem.dtype()), n));
  for (size_t i = 0; i < rows.size(); ++i) sources[i] = sources[i].unstack(rows[i]);
  const Output begin = constant(0);
  std::vector<DType> types = options.dtype;
  if (types.empty()) {
    for (const Output& elem : rows) types.push_back(base_type(elem.dtype()));
  }
  for (const DType type : types) results.push_back(TensorArray(type, n, {.infer_shape = options.infer_shape}));
  const LoopCondition cond = [&](const std::vector<Output>& vars) -> TensorLike {
    with_flows(results, vars, 1);
    return vars[0] < n;
  };
  const LoopBody body = [&](const std::vector<Output>& vars) {
    const std::vector<TensorArray> current = with_flows(results, vars, 1);
    const TensorList values = fn(read_all(sources, vars[0]));
    const TensorList flows = written(current, vars[0], values);
    return join({vars[0] + 1}, flows);
  };
  const std::vector<Output> end = while_loop(cond, body, join({begin}, flows_of(results)), loop_options(options, n));
  return stack_all(with_flows(results, end, 1), rows);
}

Output map_fn(const MapFn& fn, const TensorLike& elems, const MapOptions& options) {
  if (!fn) throw TypeError("fn must be callable.");
  const MapListFn over = [&](const std::vector<Output>& rows) { return TensorList{fn(rows[0])}; };
  return map_fn(over, TensorList{elems}, options)[0];
}

std::vector<Output> foldl(const FoldListFn& fn, const TensorList& elems, const TensorList& initializer,
                          const FoldOptions& options) {
  if (!fn) throw TypeError("fn must be callable.");
  const name_scope scope(options.name, "foldl");
  const std::vector<Output> rows = convert_elems(elems);
  const TensorLike n = num_rows(rows[0], true);
  const std::vector<TensorArray> sources = unstacked(rows, n);
  TensorList initial = initializer;
  if (initializer.empty()) initial = read_all(sources, 0);
  const Output begin = constant(initializer.empty() ? 1 : 0);
  const LoopCondition cond = [&](const std::vector<Output>& vars) -> TensorLike { return vars[0] < n; };
  const LoopBody body = [&](const std::vector<Output>& vars) {
    const TensorList values = fn(tail(vars, 1), read_all(sources, vars[0]));
    return join({vars[0] + 1}, values);
  };
  return tail(while_loop(cond, body, join({begin}, initial), loop_options(options, n)), 1);
}

Output foldl(const FoldFn& fn, const TensorLike& elems, const TensorLike& initializer, const FoldOptions& options) {
  return foldl(over_lists(fn), TensorList{elems}, one_or_none(initializer), options)[0];
}

std::vector<Output> foldr(const FoldListFn& fn, const TensorList& elems, const TensorList& initializer,
                          const FoldOptions& options) {
  if (!fn) throw TypeError("fn must be callable.");
  const name_scope scope(options.name, "foldr");
  const std::vector<Output> rows = convert_elems(elems);
  const TensorLike n = num_rows(rows[0], true);
  const std::vector<TensorArray> sources = unstacked(rows, n);
  TensorLike begin = n;
  TensorList initial = initializer;
  if (initializer.empty()) {
    begin = minus(n, 1);
    initial = read_all(sources, begin);
  }
  const LoopCondition cond = [&](const std::vector<Output>& vars) -> TensorLike { return vars[0] > 0; };
  const LoopBody body = [&](const std::vector<Output>& vars) {
    const Output i = vars[0] - 1;
    const TensorList values = fn(tail(vars, 1), read_all(sources, i));
    return join({i}, values);
  };
  return tail(while_loop(cond, body, join({begin}, initial), loop_options(options, n)), 1);
}

Output foldr(const FoldFn& fn, const TensorLike& elems, const TensorLike& initializer, const FoldOptions& options) {
  return foldr(over_lists(fn), TensorList{elems}, one_or_none(initializer), options)[0];
}

std::vector<Output> scan(const FoldListFn& fn, const TensorList& elems, const TensorList& initializer,
                         const ScanOptions& options) {
  if (!fn) throw TypeError("fn must be callable.");
  const name_scope scope(options.name, "scan");
  const std::vector<Output> rows = convert_elems(elems);
  const TensorLike n = num_rows(rows[0], /*zero_is_unknown=*/false);
  std::vector<TensorArray> sources, results;
  for (const Output& elem : rows) {
    Shape element = elem.shape();
    if (element.rank() > 0) element.remove_dim(0);
    sources.push_back(TensorArray(base_type(elem.dtype()), n, {.element_shape = element}));
  }
  for (size_t i = 0; i < rows.size(); ++i) sources[i] = sources[i].unstack(rows[i]);
  const bool begins_with_row = initializer.empty();
  const TensorLike first = begins_with_row && options.reverse ? minus(n, 1) : TensorLike(0);
  std::vector<Output> initial;
  if (begins_with_row) initial = read_all(sources, first);
  for (const TensorLike& value : initializer) initial.push_back(client::convert(value, DType::kInvalid, ""));
  for (const Output& a : initial) {
    results.push_back(TensorArray(base_type(a.dtype()), n,
                                  {.infer_shape = options.infer_shape,
                                   .element_shape = options.infer_shape ? a.shape() : Shape::unknown()}));
  }
  for (size_t i = 0; begins_with_row && i < results.size(); ++i) results[i] = results[i].write(first, initial[i]);
  const int64_t done = begins_with_row ? 1 : 0;
  TensorLike begin = done;
  if (options.reverse) begin = minus(minus(n, 1), done);
  const size_t num_values = initial.size();
  const LoopCondition cond = [&](const std::vector<Output>& vars) -> TensorLike {
    with_flows(results, vars, 1 + num_values);
    return options.reverse ? vars[0] >= 0 : vars[0] < n;
  };
  const LoopBody body = [&](const std::vector<Output>& vars) {
    const std::vector<TensorArray> current = with_flows(results, vars, 1 + num_values);
    const std::vector<Output> accumulated(vars.begin() + 1, vars.begin() + 1 + num_values);
    const TensorList values = fn(accumulated, read_all(sources, vars[0]));
    const TensorList flows = written(current, vars[0], values);
    const Output next = options.reverse ? vars[0] - 1 : vars[0] + 1;
    return join(join({next}, values), flows);
  };
  const TensorList loop_vars = join(join({begin}, TensorList(initial)), flows_of(results));
  const std::vector<Output> end = while_loop(cond, body, loop_vars, loop_options(options, n));
  return stack_all(with_flows(results, end, 1 + num_values), rows);
}

Output scan(const FoldFn& fn, const TensorLike& elems, const TensorLike& initializer, const ScanOptions& options) {
  return scan(over_lists(fn), TensorList{elems}, one_or_none(initializer), options)[0];
}

}  // namespace reflow
