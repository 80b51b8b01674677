// One SequenceExample at a time: the op that is older than the one for batches, with messages of its own.

#include <algorithm>
#include <utility>

#include "reflow/formats/example_proto.h"
#include "reflow/formats/example_values.h"
#include "reflow/formats/example_view.h"
#include "reflow/formats/sequence_example_parser.h"
#include "reflow/tensor/checked_size.h"

namespace reflow::formats {
namespace {

std::string_view kind_name(DType type) {
  return type == DType::kString ? "bytes" : type == DType::kInt64 ? "int64" : "float";
}

class SingleParser {
 public:
  SingleParser(const SequenceFeatures& features, std::string_view name) : features_(features), name_(name) {}

  Status run(std::string_view serialized, ParsedSequences* parsed) {
    serialized_ = serialized;
    if (!read_sequence_example(serialized, true, &context_, &lists_)) return malformed();
    for (const DenseFeature& f : features_.context_dense) {
      ASSIGN_OR_RETURN(Tensor out, allocate_tensor(f.type, f.shape));
      RETURN_IF_ERROR(parse_context_dense(f, &out));
      parsed->context.dense_values.push_back(std::move(out));
    }
    for (const SparseFeature& f : features_.context_sparse) RETURN_IF_ERROR(parse_context_sparse(f, &parsed->context));
    for (const DenseFeatureList& f : features_.list_dense) {
      RETURN_IF_ERROR(parse_list_dense(f, &parsed->lists.dense_values.emplace_back()));
    }
    for (const SparseFeature& f : features_.list_sparse) RETURN_IF_ERROR(parse_list_sparse(f, &parsed->lists));
    return OkStatus();
  }

 private:
  Status malformed() const { return invalid_argument("Could not parse example input, value: '{}'", serialized_); }

  // `where`: "Context feature: n.", "Feature list: w, Index: 3.".
  Status wrong_type(std::string_view where, DType type, std::string_view bytes) const {
    return invalid_argument("Name: {}, {}  Data types don't match. Expected type: {}  Feature is: {}", name_, where,
                            dtype_spec_name(type), feature_text(bytes));
  }

  Status read_exactly(std::string_view key, DType type, const Shape& shape, const FeatureView& feature, size_t index,
                      Tensor* out) {
    const int64_t want = shape.num_elements();
    const int64_t n = read_values(feature, want, static_cast<int64_t>(index) * want, out);
    if (n < 0) return malformed();
    if (n == want) return OkStatus();
    return invalid_argument("Name: {}, Key: {}, Index: {}.  Number of {} values != expected.  values size: {} but output "
                            "shape: {}", name_, key, index, kind_name(type), n, shape.str());
  }

  Status parse_context_dense(const DenseFeature& f, Tensor* out) {
    const std::string_view* bytes = find(context_, f.key);
    FeatureView feature;
    if (bytes && read_feature(*bytes, &feature) == FeatureError::kMalformed) return malformed();
    if (feature.type == DType::kInvalid) {
      if (f.default_value.num_elements() == 0) {
        return invalid_argument("Name: {}, Context feature '{}' is required but could not be found.", name_, f.key);
      }
      copy_elements(f.default_value, 0, f.stride, out, 0);
      return OkStatus();
    }
    if (feature.type != f.type) return wrong_type("Context feature: " + f.key + ".", f.type, *bytes);
    return read_exactly(f.key, f.type, f.shape, feature, 0, out);
  }

  Status parse_context_sparse(const SparseFeature& f, ParsedExamples* out) {
    const std::string_view* bytes = find(context_, f.key);
    FeatureView feature;
    FeatureValues values;
    if (bytes && read_feature(*bytes, &feature) == FeatureError::kMalformed) return malformed();
    if (feature.type != DType::kInvalid) {
      if (feature.type != f.type) return wrong_type("Context feature: " + f.key + ".", f.type, *bytes);
      if (!values.append(feature)) return malformed();
    }
    return sparse_vector(values, f.type, &out->sparse_indices.emplace_back(), &out->sparse_values.emplace_back(),
                         &out->sparse_shapes.emplace_back());
  }

  Status parse_list_dense(const DenseFeatureList& f, Tensor* out) {
    const std::string_view* bytes = find(lists_, f.key);
    if (!bytes && !f.may_be_missing) {
      return invalid_argument("Name: {}, Feature list '{}' is required but could not be found.  Did you mean to include it "
                              "in feature_list_dense_missing_assumed_empty or feature_list_dense_defaults?", name_, f.key);
    }
    steps_.clear();
    if (bytes && !read_feature_list(*bytes, &steps_)) return malformed();
    Shape shape{static_cast<int64_t>(steps_.size())};
    for (int i = 0; i < f.shape.rank(); ++i) shape.add_dim(f.shape.dim(i));
    ASSIGN_OR_RETURN(*out, allocate_tensor(f.type, shape));
    for (size_t step = 0; step < steps_.size(); ++step) {
      FeatureView feature;
      if (read_feature(steps_[step], &feature) == FeatureError::kMalformed) return malformed();
      if (feature.type != f.type) {
        return wrong_type(fmt::format("Feature list: {}, Index: {}.", f.key, step), f.type, steps_[step]);
      }
      RETURN_IF_ERROR(read_exactly(f.key, f.type, f.shape, feature, step, out));
    }
    return OkStatus();
  }

  Status parse_list_sparse(const SparseFeature& f, ParsedExamples* out) {
    const std::string_view* bytes = find(lists_, f.key);
    steps_.clear();
    if (bytes && !read_feature_list(*bytes, &steps_)) return malformed();
    FeatureValues values;
    for (size_t step = 0; step < steps_.size(); ++step) {
      FeatureView feature;
      if (read_feature(steps_[step], &feature) == FeatureError::kMalformed) return malformed();
      if (feature.type != DType::kInvalid) {
        if (feature.type != f.type) {
          return wrong_type(fmt::format("Feature List: {}, Index: {}.", f.key, step), f.type, steps_[step]);
        }
        if (!values.append(feature)) return malformed();
      }
      values.end_row(f.type);
    }
    const FeatureValues* part = &values;
    return sparse_matrix({&part, 1}, f.type, static_cast<int64_t>(steps_.size()), &out->sparse_indices.emplace_back(),
                         &out->sparse_values.emplace_back(), &out->sparse_shapes.emplace_back());
  }

  static const std::string_view* find(const std::vector<FeatureEntry>& entries, std::string_view key) {
    const auto it = std::find_if(entries.rbegin(), entries.rend(), [&](const FeatureEntry& e) { return e.key == key; });
    return it == entries.rend() ? nullptr : &it->value;
  }

  const SequenceFeatures& features_;
  std::string_view name_, serialized_;
  std::vector<FeatureEntry> context_, lists_;
  std::vector<std::string_view> steps_;
};

}  // namespace

Status parse_single_sequence(const SequenceFeatures& features, std::string_view serialized, std::string_view name,
                             ParsedSequences* parsed) {
  return SingleParser(features, name).run(serialized, parsed);
}

}  // namespace reflow::formats
