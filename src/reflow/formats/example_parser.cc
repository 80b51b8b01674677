#include "reflow/formats/example_parser.h"

#include <algorithm>
#include <utility>

#include "reflow/formats/example_values.h"
#include "reflow/formats/example_view.h"
#include "reflow/tensor/checked_size.h"

namespace reflow::formats {
namespace {

constexpr double kFeatureCostNs = 60;  // of one feature of an Example
constexpr int64_t kMinExamplesPerChunk = 32;

std::string_view kind_name(DType type) {
  return type == DType::kString ? "bytes" : type == DType::kInt64 ? "int64" : "float";
}

}  // namespace

Status plan_dense_shape(int index, DenseFeature* feature) {
  const Shape& shape = feature->shape;
  const auto unknown = [&] {
    return invalid_argument("dense_shapes[{}] has unknown rank or unknown inner dimensions: {}", index, shape.str());
  };
  if (!shape.known_rank()) return unknown();
  feature->variable_length = shape.rank() > 0 && shape.dim(0) < 0;
  feature->stride = 1;
  for (int i = feature->variable_length ? 1 : 0; i < shape.rank(); ++i) {
    if (shape.dim(i) < 0) return unknown();
    if (__builtin_mul_overflow(feature->stride, shape.dim(i), &feature->stride)) {
      return invalid_argument("dense_shapes[{}] is too large: {}", index, shape.str());
    }
  }
  return OkStatus();
}

Status check_default(int index, const DenseFeature& feature) {
  const Tensor& value = feature.default_value;
  if (feature.variable_length && value.num_elements() != 1) {
    return invalid_argument("dense_shape[{}] is a variable length shape: {}, therefore def_value[{}] must contain a single "
                            "element (the padding element).  But its shape is: {}",
                            index, feature.shape.str(), index, value.shape().str());
  }
  if (!feature.variable_length && value.num_elements() > 0 && !feature.shape.compatible_with(value.shape())) {
    return invalid_argument("def_value[{}].shape() == {} is not compatible with dense_shapes_[{}] == {}", index,
                            value.shape().str(), index, feature.shape.str());
  }
  return OkStatus();
}

ExampleParser::ExampleParser(std::vector<DenseFeature> dense, std::vector<SparseFeature> sparse)
    : dense_(std::move(dense)), sparse_(std::move(sparse)) {
  for (const DenseFeature& d : dense_) index_.emplace(d.key, static_cast<int>(index_.size()));
  for (size_t i = 0; i < sparse_.size(); ++i) index_.emplace(sparse_[i].key, static_cast<int>(dense_.size() + i));
}

// Consecutive examples of a batch, parsed by one thread: values of fixed length go to their place at once, the others
// into buffers that are joined when all have been parsed.
class ExampleChunk {
 public:
  ExampleChunk(const ExampleParser& parser, std::span<Tensor> fixed, bool single)
      : parser_(parser), fixed_(fixed), single_(single), strides_(parser.dense_.size()), sparse_(parser.sparse_.size()),
        last_(parser.dense_.size() + parser.sparse_.size(), -1) {}

  // Parses example `e` of the batch.
  Status parse(std::string_view bytes, int64_t e, std::string_view name) {
    if (!read_example(bytes, &entries_)) {
      return invalid_argument("Could not parse example input, value: '{}'", bytes);
    }
    e_ = e;
    name_ = name;
    guesses_.resize(std::max(guesses_.size(), entries_.size()), -1);
    // The last entry of a key stands for all of them.
    for (size_t i = entries_.size(); i-- > 0;) {
      const int f = find(i);
      if (f >= 0) RETURN_IF_ERROR(parse_feature(f, entries_[i].value));
    }
    return finish_example();
  }

  std::vector<FeatureValues>& strides() { return strides_; }
  std::vector<FeatureValues>& sparse() { return sparse_; }

 private:
  // Examples of one file have their features in one order, so the feature of the last example is tried first.
  int find(size_t i) {
    const std::string_view key = entries_[i].key;
    int& guess = guesses_[i];
    if (guess < 0 || parser_.key(guess) != key) guess = parser_.find(key);
    return guess;
  }

  Status error(std::string_view key, std::string_view text) const {
    if (single_) return invalid_argument("Key: {}.  {}", key, text);
    return invalid_argument("Name: {}, Key: {}, Index: {}.  {}", name_, key, e_, text);
  }
  Status malformed(std::string_view key) const { return error(key, "Can't parse serialized Example."); }

  Status parse_feature(int f, std::string_view bytes) {
    const std::string_view key = parser_.key(f);
    FeatureView feature;
    switch (read_feature(bytes, &feature)) {
      case FeatureError::kNone: break;
      case FeatureError::kMalformed: return malformed(key);
      case FeatureError::kUnsupported: return invalid_argument("Unsupported datatype.");
    }
    int64_t& last = last_[static_cast<size_t>(f)];
    const auto n = static_cast<int>(parser_.dense_.size());
    if (f >= n) {
      if (std::exchange(last, e_) == e_ || feature.type == DType::kInvalid) return OkStatus();
      return parse_sparse(parser_.sparse_[static_cast<size_t>(f - n)], feature, &sparse_[static_cast<size_t>(f - n)]);
    }
    if (feature.type == DType::kInvalid || std::exchange(last, e_) == e_) return OkStatus();
    const DenseFeature& dense = parser_.dense_[static_cast<size_t>(f)];
    if (feature.type != dense.type) {
      return error(key, fmt::format("Data types don't match. Data type: {} but expected type: {}",
                                    dtype_spec_name(feature.type), dtype_spec_name(dense.type)));
    }
    return dense.variable_length ? parse_strides(dense, feature, &strides_[static_cast<size_t>(f)])
                                 : parse_fixed(dense, feature, &fixed_[static_cast<size_t>(f)]);
  }

  Status parse_sparse(const SparseFeature& sparse, const FeatureView& feature, FeatureValues* values) {
    if (feature.type != sparse.type) {
      return error(sparse.key, fmt::format("Data types don't match. Expected type: {}, Actual type: {}",
                                           dtype_spec_name(sparse.type), dtype_spec_name(feature.type)));
    }
    return values->append(feature) ? OkStatus() : malformed(sparse.key);
  }

  Status parse_strides(const DenseFeature& dense, const FeatureView& feature, FeatureValues* values) {
    const size_t before = values->size(dense.type);
    if (!values->append(feature)) return malformed(dense.key);
    const size_t count = values->size(dense.type) - before;
    if (dense.stride > 0 && count % static_cast<size_t>(dense.stride) == 0) return OkStatus();
    if (single_) return malformed(dense.key);
    return error(dense.key, fmt::format("Number of {} values is not a multiple of stride length. Saw {} values but output "
                                        "shape is: {}", kind_name(dense.type), count, dense.shape.str()));
  }

  Status parse_fixed(const DenseFeature& dense, const FeatureView& feature, Tensor* out) {
    const int64_t count = read_values(feature, dense.stride, single_ ? 0 : e_ * dense.stride, out);
    if (count == dense.stride) return OkStatus();
    if (count < 0 || single_) return malformed(dense.key);
    return error(dense.key, fmt::format("Number of {} values != expected.  Values size: {} but output shape: {}",
                                        kind_name(dense.type), count, dense.shape.str()));
  }

  // Defaults, and the ends of this example in the buffers.
  Status finish_example() {
    for (size_t d = 0; d < strides_.size(); ++d) {
      const DenseFeature& dense = parser_.dense_[d];
      if (dense.variable_length) {
        strides_[d].end_row(dense.type);
      } else if (last_[d] != e_) {
        RETURN_IF_ERROR(put_default(dense, &fixed_[d]));
      }
    }
    for (size_t s = 0; s < sparse_.size(); ++s) sparse_[s].end_row(parser_.sparse_[s].type);
    return OkStatus();
  }

  Status put_default(const DenseFeature& dense, Tensor* out) {
    if (dense.default_value.num_elements() == 0) {
      const std::string what = fmt::format("Feature: {} (data type: {}) is required but could not be found.", dense.key,
                                           dtype_spec_name(dense.type));
      return single_ ? invalid_argument("{}", what) : invalid_argument("Name: {}, {}", name_, what);
    }
    copy_elements(dense.default_value, 0, dense.stride, out, single_ ? 0 : e_ * dense.stride);
    return OkStatus();
  }

  const ExampleParser& parser_;
  std::span<Tensor> fixed_;
  const bool single_;
  std::vector<FeatureValues> strides_, sparse_;
  std::vector<int64_t> last_;  // the example that had the feature last
  std::vector<FeatureEntry> entries_;
  std::vector<int> guesses_;
  int64_t e_ = 0;
  std::string_view name_;
};

Status ExampleParser::parse(std::span<const std::string> serialized, std::span<const std::string> names, ThreadPool& pool,
                            ParsedExamples* parsed) const {
  const auto n = static_cast<int64_t>(serialized.size());
  parsed->dense_values.resize(dense_.size());
  for (size_t d = 0; d < dense_.size(); ++d) {
    if (dense_[d].variable_length) continue;
    Shape shape{n};
    for (int i = 0; i < dense_[d].shape.rank(); ++i) shape.add_dim(dense_[d].shape.dim(i));
    ASSIGN_OR_RETURN(parsed->dense_values[d], allocate_tensor(dense_[d].type, shape));
  }
  const int64_t num_chunks = std::clamp<int64_t>(n / kMinExamplesPerChunk, 1, 4 * pool.num_threads());
  std::vector<ExampleChunk> chunks(static_cast<size_t>(num_chunks), ExampleChunk(*this, parsed->dense_values, false));
  std::vector<Status> errors(chunks.size());
  const double cost_ns = kFeatureCostNs * static_cast<double>((dense_.size() + sparse_.size() + 1) * serialized.size()) /
                         static_cast<double>(num_chunks);
  pool.parallel_for(num_chunks, cost_ns, [&](int64_t first, int64_t last) {
    for (int64_t k = first; k < last; ++k) {
      const auto i = static_cast<size_t>(k);
      for (int64_t e = k * n / num_chunks; e < (k + 1) * n / num_chunks && errors[i].ok(); ++e) {
        const auto at = static_cast<size_t>(e);
        errors[i] = chunks[i].parse(serialized[at], e, names.empty() ? std::string_view("<unknown>") : names[at]);
      }
    }
  });
  for (const Status& error : errors) RETURN_IF_ERROR(error);

  std::vector<const FeatureValues*> parts(chunks.size());
  for (size_t d = 0; d < dense_.size(); ++d) {
    if (!dense_[d].variable_length) continue;
    for (size_t i = 0; i < chunks.size(); ++i) parts[i] = &chunks[i].strides()[d];
    ASSIGN_OR_RETURN(parsed->dense_values[d],
                     padded_values(parts, dense_[d].type, n, dense_[d].shape, dense_[d].stride, dense_[d].default_value));
  }
  parsed->sparse_indices.resize(sparse_.size());
  parsed->sparse_values.resize(sparse_.size());
  parsed->sparse_shapes.resize(sparse_.size());
  for (size_t s = 0; s < sparse_.size(); ++s) {
    for (size_t i = 0; i < chunks.size(); ++i) parts[i] = &chunks[i].sparse()[s];
    RETURN_IF_ERROR(sparse_matrix(parts, sparse_[s].type, n, &parsed->sparse_indices[s], &parsed->sparse_values[s],
                                  &parsed->sparse_shapes[s]));
  }
  return OkStatus();
}

Status ExampleParser::parse_single(std::string_view serialized, ParsedExamples* parsed) const {
  parsed->dense_values.resize(dense_.size());
  for (size_t d = 0; d < dense_.size(); ++d) {
    if (dense_[d].variable_length) continue;
    ASSIGN_OR_RETURN(parsed->dense_values[d], allocate_tensor(dense_[d].type, dense_[d].shape));
  }
  ExampleChunk chunk(*this, parsed->dense_values, true);
  RETURN_IF_ERROR(chunk.parse(serialized, 0, {}));
  for (size_t d = 0; d < dense_.size(); ++d) {
    if (!dense_[d].variable_length) continue;
    const FeatureValues& values = chunk.strides()[d];
    Shape shape = dense_[d].shape;
    shape.set_dim(0, static_cast<int64_t>(values.size(dense_[d].type)) / std::max<int64_t>(dense_[d].stride, 1));
    ASSIGN_OR_RETURN(parsed->dense_values[d], allocate_tensor(dense_[d].type, shape));
    values.copy(dense_[d].type, 0, values.size(dense_[d].type), &parsed->dense_values[d], 0);
  }
  parsed->sparse_indices.resize(sparse_.size());
  parsed->sparse_values.resize(sparse_.size());
  parsed->sparse_shapes.resize(sparse_.size());
  for (size_t s = 0; s < sparse_.size(); ++s) {
    RETURN_IF_ERROR(sparse_vector(chunk.sparse()[s], sparse_[s].type, &parsed->sparse_indices[s],
                                  &parsed->sparse_values[s], &parsed->sparse_shapes[s]));
  }
  return OkStatus();
}

}  // namespace reflow::formats
