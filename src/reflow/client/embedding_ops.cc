#include "reflow/client/embedding_ops.h"

#include <functional>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/clip_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/indexing.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/operators.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/scopes.h"
#include "reflow/client/selection_ops.h"
#include "reflow/client/variable.h"

namespace reflow::nn {
namespace {

using client::apply_op;
using client::convert;

// One part of the table: a resource variable is read row by row.
struct Part {
  Output table;       // a tensor, or the handle
  Variable resource;  // may be !valid()
  Shape shape() const { return resource.valid() ? resource.shape() : table.shape(); }
  Output gather(const Output& ids, const std::string& name = "") const {
    return resource.valid() ? resource.sparse_read(ids, {name}) : apply_op("GatherV2", name, {table, ids, 0});
  }
  Output whole() const { return resource.valid() ? resource.value() : table; }
};

std::vector<Part> parts_of(const TensorLike& params) {
  TensorList list;
  const auto* variable = std::get_if<std::shared_ptr<client::VariableState>>(&params.value());
  if (params.list()) list.assign(params.list()->begin(), params.list()->end());
  else if (variable && Variable(*variable).is_partitioned()) list = Variable(*variable).parts();
  else if (!params.is_none()) list = {params};
  if (list.empty()) throw ValueError("Need at least one param");
  std::vector<Part> parts;
  for (size_t i = 0; i < list.size(); ++i) {
    const auto* state = std::get_if<std::shared_ptr<client::VariableState>>(&list[i].value());
    if (state && Variable(*state).is_resource()) parts.push_back({Variable(*state).handle(), Variable(*state)});
    else parts.push_back({convert(list[i], DType::kInvalid, fmt::format("params_{}", i)), {}});
  }
  return parts;
}

// Rows scaled down to `max_norm`; `ids` says how many dimensions belong to a row's place.
Output clip_rows(const Output& rows, const Output& ids, const TensorLike& max_norm) {
  if (max_norm.is_none()) return rows;
  const int first = ids.shape().rank(), end = rows.shape().rank();
  if (first >= 0 && end >= 0) {
    std::vector<int32_t> axes;
    for (int i = first; i < end; ++i) axes.push_back(i);
    return clip_by_norm(rows, max_norm, {.axes = axes});
  }
  const TensorLike begin = first >= 0 ? TensorLike(first) : TensorLike(rank(ids));
  const TensorLike limit = end >= 0 ? TensorLike(end) : TensorLike(rank(rows));
  return clip_by_norm(rows, max_norm, {.axes = range(begin, limit)});
}

// In which part a row is, and its place there.
struct Place {
  Output part, row;
};

Output number_of_rows(const std::vector<Part>& parts, DType type) {
  int64_t total = 0;
  for (const Part& part : parts) {
    const int64_t rows = part.shape().rank() > 0 ? part.shape().dim(0) : -1;
    total = total < 0 || rows < 0 ? -1 : total + rows;
  }
  if (total > 0) return constant(total, type);
  TensorList sizes;
  for (const Part& part : parts) {
    const colocate_with colocated(part.table);
    if (part.shape().rank() > 0 && part.shape().dim(0) >= 0) sizes.push_back(part.shape().dim(0));
    else sizes.push_back(shape(part.whole())[0]);
  }
  return reduce_sum(cast(stack(sizes), type));
}

Place place_of(const Output& ids, const std::vector<Part>& parts, const std::string& strategy) {
  const auto n = static_cast<int64_t>(parts.size());
  if (strategy == "mod") {
    const Output part = ids % n;
    return {part, floordiv(ids, n)};
  }
  if (strategy != "div") throw ValueError("Unrecognized partition strategy: " + strategy);
  const Output total = number_of_rows(parts, base_type(ids.dtype()));
  const Output least = floordiv(total, n);
  const Output longer_parts = total % n;
  const Output in_longer = floordiv(ids, least + 1);
  const Output rest = ids - longer_parts;
  const Output part = maximum(in_longer, floordiv(rest, least));
  const Output is_longer = part < longer_parts;
  const Output row_in_longer = ids % (least + 1);
  const Output rest_again = ids - longer_parts;
  const Output row = rest_again % least;
  return {part, where(is_longer, row_in_longer, row)};
}

}  // namespace

Output embedding_lookup(const TensorLike& params, const TensorLike& ids, const EmbeddingLookupOptions& options) {
  const name_scope scope(options.name, "embedding_lookup");
  const std::vector<Part> parts = parts_of(params);
  const Output rows = convert(ids, DType::kInvalid, "ids");
  if (parts.size() == 1) {
    Output result;
    {
      const colocate_with colocated(parts.front().table);
      result = clip_rows(parts.front().gather(rows, scope.name()), rows, options.max_norm);
    }
    return identity(result);
  }
  const Output flat = reshape(rows, {-1});
  const Output positions = range(size(flat));
  Place place = place_of(flat, parts, options.partition_strategy);
  place.part = cast(place.part, int32);
  const auto count = static_cast<int>(parts.size());
  const std::vector<Output> row_of_part = dynamic_partition(place.row, place.part, count);
  const std::vector<Output> positions_of_part = dynamic_partition(positions, place.part, count);
  TensorList gathered;
  Shape row_shape = parts.front().shape();
  row_shape = row_shape.known_rank() ? row_shape.sub_shape(1, row_shape.rank()) : row_shape;
  for (int i = 0; i < count; ++i) {
    const colocate_with colocated(parts[i].table);
    gathered.push_back(parts[i].gather(row_of_part[i]));
  }
  const Output stitched =
      apply_op("ParallelDynamicStitch", scope.name(), {TensorLike(TensorList(positions_of_part)), TensorLike(gathered)});
  TensorLike row_dims = row_shape;
  if (!row_shape.fully_defined()) {
    const colocate_with colocated(parts.front().table);
    row_dims = shape(parts.front().whole())[Slice(1, {})];
  }
  const Output outer = shape(rows);
  const Output result = reshape(stitched, concat(TensorList{outer, row_dims}, 0));
  if (rows.shape().known_rank() && row_shape.known_rank()) {
    Shape known = rows.shape();
    for (const int64_t d : row_shape) known.add_dim(d);
    result.set_shape(known);
  }
  return clip_rows(result, rows, options.max_norm);
}

}  // namespace reflow::nn
