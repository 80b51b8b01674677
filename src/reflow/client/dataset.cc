#include "reflow/client/dataset.h"

#include <algorithm>
#include <set>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/collections.h"
#include "reflow/client/concrete_function.h"
#include "reflow/client/dataset_seed.h"
#include "reflow/client/errors.h"
#include "reflow/client/graph_state.h"

namespace reflow {

using client::convert;
using client::make_op;
using client::to_endpoint;
using function::ConcreteFunction;
using function::TensorSpec;

namespace {

graph::AttrMap element_attrs(const std::vector<DType>& types, const std::vector<Shape>& shapes) {
  return {{"output_types", types}, {"output_shapes", shapes}};
}

graph::AttrMap calling(const ConcreteFunction& f, const char* attr, graph::AttrMap attrs) {
  attrs.set(attr, graph::NameAttrList{f.name(), nullptr});
  return attrs;
}

TensorLike list_of(const std::vector<Output>& outputs) {
  return TensorLike(std::make_shared<const TensorList>(outputs.begin(), outputs.end()));
}

Shape with_rows(const Shape& shape, int64_t rows) {
  Shape result = shape;
  if (result.known_rank()) result.insert_dim(0, rows);
  return result;
}

// The constant that `value` is, -1: it isn't known, or has no use as a size.
int64_t constant_size(const Output& value) {
  const Tensor known = constant_value(value);
  return known.valid() && known.dtype() == DType::kInt64 && known.num_elements() == 1 ? std::max<int64_t>(known.item<int64_t>(), -1) : -1;
}

std::vector<TensorSpec> specs_of(const Dataset& dataset) {
  std::vector<TensorSpec> specs;
  for (size_t i = 0; i < dataset.output_types().size(); ++i) specs.push_back({dataset.output_shapes()[i], dataset.output_types()[i]});
  return specs;
}

void split(const std::vector<TensorSpec>& specs, std::vector<DType>* types, std::vector<Shape>* shapes) {
  for (const TensorSpec& spec : specs) {
    types->push_back(spec.dtype);
    shapes->push_back(spec.shape);
  }
}

// A function of elements that makes datasets, and what their elements are.
struct DatasetFunction {
  ConcreteFunction function;
  std::vector<DType> types;
  std::vector<Shape> shapes;
};
DatasetFunction dataset_function(const std::string& name, const Dataset& input, const Dataset::DatasetFn& map_func) {
  std::vector<DType> types;
  std::vector<Shape> shapes;
  ConcreteFunction function(name, specs_of(input), [&](const std::vector<Output>& element) {
    const Dataset made = map_func(element);
    types = made.output_types();
    shapes = made.output_shapes();
    return std::vector{made.variant_tensor()};
  });
  return {std::move(function), std::move(types), std::move(shapes)};
}

std::vector<Output> components(const TensorList& tensors) {
  const name_scope scope("normalize_element");
  std::vector<Output> result;
  for (size_t i = 0; i < tensors.size(); ++i) {
    result.push_back(convert(tensors[i], DType::kInvalid, fmt::format("component_{}", i)));
  }
  return result;
}

}  // namespace

// ---- sources

Dataset Dataset::from_tensors(const TensorList& tensors) {
  const std::vector<Output> outputs = components(tensors);
  std::vector<DType> types;
  std::vector<Shape> shapes;
  for (const Output& output : outputs) {
    types.push_back(base_type(output.dtype()));
    shapes.push_back(output.shape());
  }
  return {client::apply_op("TensorDataset", "", {list_of(outputs)}, {{"output_shapes", shapes}}), types, shapes};
}

Dataset Dataset::from_tensor_slices(const TensorList& tensors) {
  const std::vector<Output> outputs = components(tensors);
  std::vector<DType> types;
  std::vector<Shape> shapes;
  for (const Output& output : outputs) {
    if (output.shape().rank() == 0) throw ValueError("Unbatching a tensor is only supported for rank >= 1");
    types.push_back(base_type(output.dtype()));
    shapes.push_back(output.shape().known_rank() ? output.shape().sub_shape(1, output.shape().rank()) : Shape::unknown());
  }
  return {client::apply_op("TensorSliceDataset", "", {list_of(outputs)}, {{"output_shapes", shapes}}), types, shapes};
}

Dataset Dataset::range(const TensorLike& stop) { return range(0, stop, 1); }
Dataset Dataset::range(const TensorLike& start, const TensorLike& stop, const TensorLike& step) {
  const std::vector types{DType::kInt64};
  const std::vector<Shape> shapes{Shape{}};
  const Output first = convert(start, DType::kInt64, "start"), last = convert(stop, DType::kInt64, "stop");
  return {client::apply_op("RangeDataset", "", {first, last, convert(step, DType::kInt64, "step")}, element_attrs(types, shapes)),
          types, shapes};
}

Dataset Dataset::zip(const std::vector<Dataset>& datasets) {
  std::vector<Output> variants;
  std::vector<DType> types;
  std::vector<Shape> shapes;
  for (const Dataset& dataset : datasets) {
    variants.push_back(dataset.variant_);
    types.insert(types.end(), dataset.types_.begin(), dataset.types_.end());
    shapes.insert(shapes.end(), dataset.shapes_.begin(), dataset.shapes_.end());
  }
  return {client::apply_op("ZipDataset", "", {list_of(variants)}, element_attrs(types, shapes)), types, shapes};
}

// ---- transformations

Dataset Dataset::over(const char* op, const char* argument, const TensorLike& value) const {
  const DType dtype = std::string_view(argument) == "filename" ? DType::kString : DType::kInt64;
  return {client::apply_op(op, "", {variant_, convert(value, dtype, argument)}, element_attrs(types_, shapes_)), types_, shapes_};
}

Dataset Dataset::repeat(const TensorLike& count) const { return over("RepeatDataset", "count", count); }
Dataset Dataset::take(const TensorLike& count) const { return over("TakeDataset", "count", count); }
Dataset Dataset::skip(const TensorLike& count) const { return over("SkipDataset", "count", count); }
Dataset Dataset::prefetch(const TensorLike& buffer_size) const { return over("PrefetchDataset", "buffer_size", buffer_size); }
Dataset Dataset::cache(const TensorLike& filename) const { return over("CacheDataset", "filename", filename); }

Dataset Dataset::shard(const TensorLike& num_shards, const TensorLike& index) const {
  const Output shards = convert(num_shards, DType::kInt64, "num_shards");
  return {client::apply_op("ShardDataset", "", {variant_, shards, convert(index, DType::kInt64, "index")}, element_attrs(types_, shapes_)),
          types_, shapes_};
}

Dataset Dataset::shuffle(const TensorLike& buffer_size, const ShuffleOptions& options) const {
  const Output size = convert(buffer_size, DType::kInt64, "buffer_size");
  const auto [seed, seed2] = client::dataset_seed(options.seed);
  graph::AttrMap attrs = element_attrs(types_, shapes_);
  attrs.set("reshuffle_each_iteration", options.reshuffle_each_iteration);
  return {client::apply_op("ShuffleDataset", "", {variant_, size, seed, seed2}, std::move(attrs)), types_, shapes_};
}

Dataset Dataset::batch(const TensorLike& batch_size, bool drop_remainder) const {
  const Output size = convert(batch_size, DType::kInt64, "batch_size");
  const Output drop = convert(drop_remainder, DType::kBool, "drop_remainder");
  std::vector<Shape> shapes;
  for (const Shape& shape : shapes_) shapes.push_back(with_rows(shape, drop_remainder ? constant_size(size) : -1));
  return {client::apply_op("BatchDatasetV2", "", {variant_, size, drop}, element_attrs(types_, shapes)), types_, shapes};
}

Dataset Dataset::padded_batch(const TensorLike& batch_size, const std::vector<Shape>& padded_shapes,
                              const TensorList& padding_values, bool drop_remainder) const {
  if (padded_shapes.size() != types_.size() || (!padding_values.empty() && padding_values.size() != types_.size())) {
    throw ValueError(fmt::format("There are {} padded shapes and {} padding values for {} components", padded_shapes.size(),
                                 padding_values.size(), types_.size()));
  }
  const Output size = convert(batch_size, DType::kInt64, "batch_size");
  std::vector<Output> sizes, values;
  std::vector<Shape> shapes;
  for (size_t i = 0; i < types_.size(); ++i) {
    const Shape& padded = padded_shapes[i];
    if (!shapes_[i].compatible_with(Shape::unknown_of_rank(padded.rank()))) {
      throw ValueError(fmt::format("The padded shape {} is not compatible with the corresponding input component shape {}.",
                                   padded.str(), shapes_[i].str()));
    }
    sizes.push_back(convert(Tensor::from<int64_t>(padded.dims(), {padded.rank()}), DType::kInt64, ""));
  }
  for (size_t i = 0; i < types_.size(); ++i) {
    const TensorLike zero = types_[i] == DType::kString ? TensorLike("") : TensorLike(0);
    values.push_back(convert(padding_values.empty() ? zero : padding_values[i], types_[i], "padding_value"));
  }
  const Output drop = convert(drop_remainder, DType::kBool, "drop_remainder");
  for (const Shape& padded : padded_shapes) shapes.push_back(with_rows(padded, drop_remainder ? constant_size(size) : -1));
  return {client::apply_op("PaddedBatchDatasetV2", "", {variant_, size, list_of(sizes), list_of(values), drop}, {{"output_shapes", shapes}}),
          types_, shapes};
}

Dataset Dataset::concatenate(const Dataset& dataset) const {
  if (types_ != dataset.types_) throw TypeError("Two datasets to concatenate have different types");
  std::vector<Shape> shapes;
  for (size_t i = 0; i < shapes_.size(); ++i) {
    const Shape &a = shapes_[i], &b = dataset.shapes_[i];
    if (a.rank() < 0 || a.rank() != b.rank()) {
      shapes.push_back(Shape::unknown());
      continue;
    }
    Shape both = a;
    for (int d = 0; d < a.rank(); ++d) both.set_dim(d, a.dim(d) == b.dim(d) ? a.dim(d) : -1);
    shapes.push_back(std::move(both));
  }
  return {client::apply_op("ConcatenateDataset", "", {variant_, dataset.variant_}, element_attrs(types_, shapes)), types_, shapes};
}

// ---- functions of elements

Dataset Dataset::map(const MapFn& map_func, const MapDatasetOptions& options) const {
  const ConcreteFunction f("Dataset_map_function", specs_of(*this), map_func);
  std::vector<DType> types;
  std::vector<Shape> shapes;
  split(f.results(), &types, &shapes);
  graph::AttrMap attrs = calling(f, "f", element_attrs(types, shapes));
  attrs.set("preserve_cardinality", options.preserve_cardinality);
  const TensorLike captured = list_of(f.captured_inputs());
  if (options.num_parallel_calls == 0) return {client::apply_op("MapDataset", "", {variant_, captured}, std::move(attrs)), types, shapes};
  const Output calls = convert(options.num_parallel_calls, DType::kInt32, "num_parallel_calls");
  return {client::apply_op("ParallelMapDataset", "", {variant_, captured, calls}, std::move(attrs)), types, shapes};
}

Dataset Dataset::filter(const Predicate& predicate) const {
  const ConcreteFunction f("Dataset_filter_function", specs_of(*this),
                           [&](const Element& element) { return std::vector{predicate(element)}; });
  if (f.results()[0].dtype != DType::kBool || !f.results()[0].shape.compatible_with(Shape{})) {
    throw ValueError("`predicate` return type must be convertible to a scalar boolean tensor.");
  }
  return {client::apply_op("FilterDataset", "", {variant_, list_of(f.captured_inputs())}, calling(f, "predicate", element_attrs(types_, shapes_))),
          types_, shapes_};
}

Dataset Dataset::flat_map(const DatasetFn& map_func) const {
  const DatasetFunction f = dataset_function("Dataset_flat_map_function", *this, map_func);
  return {client::apply_op("FlatMapDataset", "", {variant_, list_of(f.function.captured_inputs())},
                           calling(f.function, "f", element_attrs(f.types, f.shapes))), f.types, f.shapes};
}

Dataset Dataset::interleave(const DatasetFn& map_func, const InterleaveOptions& options) const {
  const DatasetFunction f = dataset_function("Dataset_interleave_function", *this, map_func);
  const Output cycle = convert(options.cycle_length, DType::kInt64, "cycle_length");
  const Output block = convert(options.block_length, DType::kInt64, "block_length");
  const TensorLike captured = list_of(f.function.captured_inputs());
  graph::AttrMap attrs = calling(f.function, "f", element_attrs(f.types, f.shapes));
  if (options.num_parallel_calls == 0) {
    return {client::apply_op("InterleaveDataset", "", {variant_, captured, cycle, block}, std::move(attrs)), f.types, f.shapes};
  }
  const Output calls = convert(options.num_parallel_calls, DType::kInt64, "num_parallel_calls");
  return {client::apply_op("ParallelInterleaveDatasetV2", "", {variant_, captured, cycle, block, calls}, std::move(attrs)), f.types, f.shapes};
}

// ---- files

namespace {

Dataset reader(const TensorLike& filenames, const ReaderOptions& options, const std::function<Output(const Output& filename)>& open) {
  const Dataset files = Dataset::from_tensor_slices({reshape(convert(filenames, DType::kString, ""), {-1}, {.name = "flat_filenames"})});
  const Dataset::DatasetFn read_one_file = [&](const Dataset::Element& element) {
    return Dataset(open(element[0]), {DType::kString}, {Shape{}});
  };
  if (!options.num_parallel_reads) return files.flat_map(read_one_file);
  return files.interleave(read_one_file, {.cycle_length = *options.num_parallel_reads, .num_parallel_calls = -1});
}

Output compression(const ReaderOptions& options) { return convert(options.compression_type, DType::kString, "compression_type"); }
Output buffer(const ReaderOptions& options) { return convert(options.buffer_size, DType::kInt64, "buffer_size"); }

}  // namespace

Dataset TextLineDataset(const TensorLike& filenames, const ReaderOptions& options) {
  return reader(filenames, options, [&](const Output& filename) {
    const Output type = compression(options);
    return client::apply_op("TextLineDataset", "", {filename, type, buffer(options)});
  });
}

Dataset TFRecordDataset(const TensorLike& filenames, const ReaderOptions& options) {
  return reader(filenames, options, [&](const Output& filename) {
    const Output type = compression(options);
    return client::apply_op("TFRecordDataset", "", {filename, type, buffer(options)});
  });
}

Dataset FixedLengthRecordDataset(const TensorLike& filenames, int64_t record_bytes, int64_t header_bytes,
                                 int64_t footer_bytes, const ReaderOptions& options) {
  return reader(filenames, options, [&](const Output& filename) {
    const Output record = convert(record_bytes, DType::kInt64, "record_bytes");
    const Output header = convert(header_bytes, DType::kInt64, "header_bytes");
    const Output footer = convert(footer_bytes, DType::kInt64, "footer_bytes");
    const Output size = buffer(options);
    return client::apply_op("FixedLengthRecordDatasetV2", "", {filename, header, record, footer, size, compression(options)});
  });
}

}  // namespace reflow
