#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reflow/client/output.h"
#include "reflow/client/tensor_like.h"

namespace reflow {

struct ShuffleOptions {
  std::optional<int64_t> seed;
  bool reshuffle_each_iteration = true;
};
struct MapDatasetOptions {
  int num_parallel_calls = 0;  // 0: one after the other, -1: as many as there are threads
  bool preserve_cardinality = false;
};
struct InterleaveOptions {
  int64_t cycle_length = -1;  // -1: as many as there are threads
  int64_t block_length = 1;
  int num_parallel_calls = 0;  // 0: none, -1: as many as there are threads
};
struct WindowOptions {
  int64_t shift = 0;  // 0: as far as the window is long
  int64_t stride = 1;
  bool drop_remainder = false;
};
struct ReaderOptions {
  std::string compression_type;  // "", "ZLIB" or "GZIP"
  int64_t buffer_size = 256 * 1024;
  std::optional<int64_t> num_parallel_reads;
};

// A pass over a dataset, in a graph (tf.data.Iterator). A handle.
class Iterator {
 public:
  // An iterator over datasets of such elements, which make_initializer gives it.
  static Iterator from_structure(std::vector<DType> output_types, std::vector<Shape> output_shapes,
                                 const std::string& shared_name = "");
  // The iterator that a string handle names when it runs.
  static Iterator from_string_handle(const TensorLike& string_handle, std::vector<DType> output_types,
                                     std::vector<Shape> output_shapes);

  // The components of the next element. OutOfRangeError when it runs: "End of sequence".
  std::vector<Output> get_next(const std::string& name = "") const;
  // Makes it pass over its dataset from the beginning. ValueError: "Iterator does not have an initializer.".
  const Operation& initializer() const;
  // Makes it pass over `dataset`, an output of a dataset op.
  Operation make_initializer(const class Dataset& dataset, const std::string& name = "") const;
  // The string that names it, for from_string_handle.
  const Output& string_handle() const { return string_handle_; }
  const std::vector<DType>& output_types() const { return types_; }
  const std::vector<Shape>& output_shapes() const { return shapes_; }

 private:
  friend class Dataset;
  Iterator(Output resource, std::optional<Operation> initializer, std::vector<DType> types, std::vector<Shape> shapes);
  Output resource_, string_handle_;
  std::optional<Operation> initializer_;
  std::vector<DType> types_;
  std::vector<Shape> shapes_;
};

// A sequence of elements, which are lists of tensors (tf.data.Dataset). Functions of elements are called once, to build
// them. A handle: copies are the same.
//
//   const auto squares = tf::Dataset::range(10).map([](const auto& x) { return std::vector{tf::square(x[0])}; }).batch(4);
//   const tf::Iterator iterator = squares.make_one_shot_iterator();
//   sess.run(iterator.get_next()[0]);  // 0 1 4 9
class Dataset {
 public:
  using Element = std::vector<Output>;
  using MapFn = std::function<Element(const Element& element)>;
  using DatasetFn = std::function<Dataset(const Element& element)>;
  using Predicate = std::function<Output(const Element& element)>;

  // One element; its rows as elements, of components [rows, shape of the element's], which have as many rows each.
  // ValueError: a scalar has none.
  static Dataset from_tensors(const TensorList& tensors);
  static Dataset from_tensor_slices(const TensorList& tensors);
  // The int64 scalars from start (0) up to stop, without it.
  static Dataset range(const TensorLike& stop);
  static Dataset range(const TensorLike& start, const TensorLike& stop, const TensorLike& step = 1);
  // The components of one element of each, until the shortest dataset ends.
  static Dataset zip(const std::vector<Dataset>& datasets);

  // Elements put together as rows: [batch_size, shape of the element's]. The last batch may be smaller, unless
  // drop_remainder. InvalidArgumentError in the run: shapes that differ.
  Dataset batch(const TensorLike& batch_size, bool drop_remainder = false) const;
  // Components are padded to `padded_shapes` (-1: to the largest of the batch) with zeros, or with `padding_values`.
  // ValueError: another number of shapes or values than of components, shapes that don't fit.
  Dataset padded_batch(const TensorLike& batch_size, const std::vector<Shape>& padded_shapes,
                       const TensorList& padding_values = {}, bool drop_remainder = false) const;
  // `count` times; -1: without end.
  Dataset repeat(const TensorLike& count = -1) const;
  // Each element at random of the next buffer_size ones; the same seeds give TensorFlow's order.
  Dataset shuffle(const TensorLike& buffer_size, const ShuffleOptions& options = {}) const;
  // The first `count` elements, and all but these; -1: all, and none.
  Dataset take(const TensorLike& count) const;
  Dataset skip(const TensorLike& count) const;
  // Elements index, index + num_shards, ...
  Dataset shard(const TensorLike& num_shards, const TensorLike& index) const;
  // The same elements, made by a thread up to buffer_size ahead; -1: as many as pay.
  Dataset prefetch(const TensorLike& buffer_size) const;
  // The same elements, kept in memory, or in files whose names begin with `filename`, for later passes.
  Dataset cache(const TensorLike& filename = "") const;
  // The elements, and then those of another. TypeError: other types.
  Dataset concatenate(const Dataset& dataset) const;
  // What map_func makes of each.
  Dataset map(const MapFn& map_func, const MapDatasetOptions& options = {}) const;
  // The elements of the datasets that map_func makes of each: of one dataset after the other; of cycle_length in turns.
  Dataset flat_map(const DatasetFn& map_func) const;
  Dataset interleave(const DatasetFn& map_func, const InterleaveOptions& options = {}) const;
  // Those for which `predicate` gives true. ValueError: it gives something else than a bool scalar.
  Dataset filter(const Predicate& predicate) const;

  // A pass that needs no initializer. ValueError: the dataset captures what has state, as variables and tables.
  Iterator make_one_shot_iterator() const;
  // A pass that begins when its initializer runs.
  Iterator make_initializable_iterator(const std::string& shared_name = "") const;

  const std::vector<DType>& output_types() const { return types_; }
  const std::vector<Shape>& output_shapes() const { return shapes_; }
  const Output& variant_tensor() const { return variant_; }
  // The dataset that a variant tensor holds.
  Dataset(Output variant, std::vector<DType> types, std::vector<Shape> shapes)
      : variant_(std::move(variant)), types_(std::move(types)), shapes_(std::move(shapes)) {}

 private:
  Dataset with_applied_options() const;
  Dataset over(const char* op, const char* argument, const TensorLike& value) const;
  bool captures_reference() const;

  Output variant_;
  std::vector<DType> types_;
  std::vector<Shape> shapes_;
};

// The lines of text files, without their ends; the records of TFRecord files; records of record_bytes between header
// and footer. String scalars; filenames: a string or [files].
Dataset TextLineDataset(const TensorLike& filenames, const ReaderOptions& options = {});
Dataset TFRecordDataset(const TensorLike& filenames, const ReaderOptions& options = {});
Dataset FixedLengthRecordDataset(const TensorLike& filenames, int64_t record_bytes, int64_t header_bytes = 0,
                                 int64_t footer_bytes = 0, const ReaderOptions& options = {});

}  // namespace reflow
