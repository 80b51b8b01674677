#include "reflow/formats/sequence_example_parser.h"

#include <algorithm>
#include <utility>

#include "reflow/formats/example_values.h"
#include "reflow/formats/example_view.h"
#include "reflow/tensor/checked_size.h"

namespace reflow::formats {
namespace {

// The value of the last entry of `key`; null: there is none.
const std::string_view* find_last(const std::vector<FeatureEntry>& entries, std::string_view key) {
  for (auto it = entries.rbegin(); it != entries.rend(); ++it) {
    if (it->key == key) return &it->value;
  }
  return nullptr;
}

// A feature list of all examples: the values of all steps, and how many steps the examples have.
struct ListValues {
  FeatureValues values;
  std::vector<int64_t> num_steps;
};

int64_t most_steps(const ListValues& list) {
  return list.num_steps.empty() ? 0 : *std::max_element(list.num_steps.begin(), list.num_steps.end());
}

class BatchParser {
 public:
  BatchParser(const SequenceFeatures& features, std::span<const std::string> serialized, std::span<const std::string> names)
      : features_(features), serialized_(serialized), names_(names), context_sparse_(features.context_sparse.size()),
        list_dense_(features.list_dense.size()), list_sparse_(features.list_sparse.size()) {}

  Status run(ParsedSequences* parsed) {
    for (const DenseFeature& f : features_.context_dense) {
      Shape shape{static_cast<int64_t>(serialized_.size())};
      for (int i = 0; i < f.shape.rank(); ++i) shape.add_dim(f.shape.dim(i));
      ASSIGN_OR_RETURN(parsed->context.dense_values.emplace_back(), allocate_tensor(f.type, shape));
    }
    for (size_t e = 0; e < serialized_.size(); ++e) {
      name_ = names_.empty() ? std::string_view("<unknown>") : names_[e];
      if (!read_sequence_example(serialized_[e], false, &context_, &lists_)) {
        return invalid_argument("Invalid protocol message input, example id: {}", name_);
      }
      for (size_t i = 0; i < features_.context_dense.size(); ++i) {
        const DenseFeature& f = features_.context_dense[i];
        RETURN_IF_ERROR(parse_context_dense(f, static_cast<int64_t>(e) * f.stride, &parsed->context.dense_values[i]));
      }
      for (size_t i = 0; i < context_sparse_.size(); ++i) {
        RETURN_IF_ERROR(parse_context_sparse(features_.context_sparse[i], &context_sparse_[i]));
      }
      for (size_t i = 0; i < list_dense_.size(); ++i) {
        RETURN_IF_ERROR(parse_list_dense(features_.list_dense[i], &list_dense_[i]));
      }
      for (size_t i = 0; i < list_sparse_.size(); ++i) {
        RETURN_IF_ERROR(parse_list(features_.list_sparse[i].key, features_.list_sparse[i].type, &list_sparse_[i]));
      }
    }
    return put_values(parsed);
  }

 private:
  Status context_error(std::string_view key) const {
    return invalid_argument("Error in context feature {} in example {}", key, name_);
  }
  Status list_error(std::string_view key) const {
    return invalid_argument("Error in sequence feature {} in example {}", key, name_);
  }

  Status parse_context_dense(const DenseFeature& f, int64_t at, Tensor* out) {
    const std::string_view* bytes = find_last(context_, f.key);
    FeatureView feature;
    if (bytes && read_feature(*bytes, &feature) != FeatureError::kNone) return context_error(f.key);
    if (feature.type == DType::kInvalid) {
      if (f.default_value.num_elements() == 0) {
        return invalid_argument("Missing context feature {} in example {}", f.key, name_);
      }
      copy_elements(f.default_value, 0, f.stride, out, at);
      return OkStatus();
    }
    if (feature.type != f.type) return context_error(f.key);
    const int64_t n = read_values(feature, f.stride, at, out);
    if (n < 0) return context_error(f.key);
    if (n == f.stride) return OkStatus();
    return invalid_argument("Unexpected number of elements in context feature {}, example {}", f.key, name_);
  }

  Status parse_context_sparse(const SparseFeature& f, FeatureValues* values) {
    const std::string_view* bytes = find_last(context_, f.key);
    FeatureView feature;
    if (bytes && read_feature(*bytes, &feature) != FeatureError::kNone) return context_error(f.key);
    if (feature.type != DType::kInvalid && (feature.type != f.type || !values->append(feature))) return context_error(f.key);
    values->end_row(f.type);
    return OkStatus();
  }

  Status parse_list(std::string_view key, DType type, ListValues* list) {
    const std::string_view* bytes = find_last(lists_, key);
    steps_.clear();
    if (bytes && !read_feature_list(*bytes, &steps_)) return list_error(key);
    for (const std::string_view step : steps_) {
      FeatureView feature;
      if (read_feature(step, &feature) != FeatureError::kNone) return list_error(key);
      const bool is_set = feature.type != DType::kInvalid;
      if (is_set && (feature.type != type || !list->values.append(feature))) return list_error(key);
      list->values.end_row(type);
    }
    list->num_steps.push_back(static_cast<int64_t>(steps_.size()));
    return OkStatus();
  }

  Status parse_list_dense(const DenseFeatureList& f, ListValues* list) {
    if (!f.may_be_missing && !find_last(lists_, f.key)) {
      return invalid_argument("Missing feature {} in example {}", f.key, name_);
    }
    const size_t first = list->values.ends().size();
    RETURN_IF_ERROR(parse_list(f.key, f.type, list));
    const std::vector<size_t>& ends = list->values.ends();
    const auto stride = static_cast<size_t>(f.shape.num_elements());
    for (size_t i = first; i < ends.size(); ++i) {
      if (ends[i] - (i == 0 ? 0 : ends[i - 1]) == stride) continue;
      return invalid_argument("Unexpected number of elements in feature {}, example {}", f.key, name_);
    }
    return OkStatus();
  }

  Status put_values(ParsedSequences* parsed) {
    const auto n = static_cast<int64_t>(serialized_.size());
    for (size_t i = 0; i < context_sparse_.size(); ++i) {
      const FeatureValues* part = &context_sparse_[i];
      ParsedExamples& c = parsed->context;
      RETURN_IF_ERROR(sparse_matrix({&part, 1}, features_.context_sparse[i].type, n, &c.sparse_indices.emplace_back(),
                                    &c.sparse_values.emplace_back(), &c.sparse_shapes.emplace_back()));
    }
    for (size_t i = 0; i < list_sparse_.size(); ++i) {
      RETURN_IF_ERROR(put_sparse_list(features_.list_sparse[i].type, list_sparse_[i], &parsed->lists));
    }
    for (size_t i = 0; i < list_dense_.size(); ++i) {
      ASSIGN_OR_RETURN(parsed->lists.dense_values.emplace_back(), dense_list(features_.list_dense[i], list_dense_[i]));
      parsed->dense_lengths.push_back(Tensor::from(std::span<const int64_t>(list_dense_[i].num_steps), {n}));
    }
    return OkStatus();
  }

  Status put_sparse_list(DType type, const ListValues& list, ParsedExamples* out) {
    const std::vector<size_t>& ends = list.values.ends();
    const auto total = static_cast<int64_t>(list.values.size(type));
    ASSIGN_OR_RETURN(Tensor indices, allocate_tensor(DType::kInt64, {total, 3}));
    ASSIGN_OR_RETURN(Tensor values, allocate_tensor(type, {total}));
    list.values.copy(type, 0, list.values.size(type), &values, 0);
    int64_t* index = indices.data<int64_t>();
    size_t row = 0, begin = 0, longest = 0;
    for (size_t e = 0; e < list.num_steps.size(); ++e) {
      for (int64_t step = 0; step < list.num_steps[e]; ++step, ++row) {
        for (size_t i = begin; i < ends[row]; ++i) {
          *index++ = static_cast<int64_t>(e);
          *index++ = step;
          *index++ = static_cast<int64_t>(i - begin);
        }
        longest = std::max(longest, ends[row] - begin);
        begin = ends[row];
      }
    }
    out->sparse_indices.push_back(std::move(indices));
    out->sparse_values.push_back(std::move(values));
    out->sparse_shapes.push_back(Tensor::vector<int64_t>(
        {static_cast<int64_t>(serialized_.size()), most_steps(list), static_cast<int64_t>(longest)}));
    return OkStatus();
  }

  StatusOr<Tensor> dense_list(const DenseFeatureList& f, const ListValues& list) {
    const int64_t steps = most_steps(list), stride = f.shape.num_elements();
    Shape shape{static_cast<int64_t>(serialized_.size()), steps};
    for (int i = 0; i < f.shape.rank(); ++i) shape.add_dim(f.shape.dim(i));
    ASSIGN_OR_RETURN(Tensor out, allocate_tensor(f.type, shape));
    if (f.type == DType::kInt64) std::fill_n(out.data<int64_t>(), out.num_elements(), 0);
    if (f.type == DType::kFloat32) std::fill_n(out.data<float>(), out.num_elements(), 0.0f);
    int64_t begin = 0;
    for (size_t e = 0; e < list.num_steps.size(); ++e) {
      const int64_t end = begin + list.num_steps[e] * stride;
      list.values.copy(f.type, static_cast<size_t>(begin), static_cast<size_t>(end), &out,
                       static_cast<int64_t>(e) * steps * stride);
      begin = end;
    }
    return out;
  }

  const SequenceFeatures& features_;
  std::span<const std::string> serialized_, names_;
  std::vector<FeatureValues> context_sparse_;
  std::vector<ListValues> list_dense_, list_sparse_;
  std::vector<FeatureEntry> context_, lists_;
  std::vector<std::string_view> steps_;
  std::string_view name_;
};

}  // namespace

Status parse_sequences(const SequenceFeatures& features, std::span<const std::string> serialized,
                       std::span<const std::string> names, ParsedSequences* parsed) {
  return BatchParser(features, serialized, names).run(parsed);
}

}  // namespace reflow::formats
