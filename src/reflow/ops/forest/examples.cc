#include "examples.h"

#include <charconv>
#include <utility>

namespace reflow::ops::forest {
namespace {

constexpr int64_t kMaxFeatures = int64_t{1} << 24;

// The number behind the last `key`, which is cut off with it.
std::optional<int32_t> take_number(std::string_view* text, std::string_view key) {
  const size_t at = text->rfind(key);
  if (at == text->npos) return std::nullopt;
  const std::string_view digits = text->substr(at + key.size());
  int32_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  *text = text->substr(0, at);
  return number;
}

struct Column {
  FeatureType type;
  int32_t size;
};

// "{..}{..}"; false: there is something else.
bool read_columns(std::string_view text, std::vector<Column>* columns) {
  while (!text.empty()) {
    const size_t next = text.find("}{");
    std::string_view column = text.substr(0, next == text.npos ? text.size() : next + 1);
    text.remove_prefix(column.size());
    if (column.size() < 2 || column.front() != '{' || column.back() != '}') return false;
    column = column.substr(1, column.size() - 2);
    const std::optional<int32_t> size = take_number(&column, " size: ");
    const std::optional<int32_t> type = take_number(&column, " original_type: ");
    if (!size || !type || *type < 0 || *type > 1) return false;
    columns->push_back({static_cast<FeatureType>(*type), *size});
  }
  return true;
}

}  // namespace

StatusOr<InputSpec> InputSpec::parse(std::string_view text) {
  const Status mistake = invalid_argument("Can't parse the input_spec \"{}\"", text);
  constexpr std::string_view kDense = " dense: [", kSparse = "] sparse: [";
  const size_t dense = text.find(kDense), sparse = text.rfind(kSparse);
  if (dense == text.npos || sparse == text.npos || sparse < dense + kDense.size() || text.back() != ']') return mistake;
  std::string_view size = text.substr(0, dense);
  const std::optional<int32_t> num_features = take_number(&size, "dense_features_size: ");
  std::vector<Column> columns, sparse_columns;
  const size_t after = sparse + kSparse.size();
  if (!num_features || *num_features < 0 || !read_columns(text.substr(dense + kDense.size(), sparse - dense - kDense.size()), &columns) ||
      !read_columns(text.substr(after, text.size() - after - 1), &sparse_columns)) {
    return mistake;
  }
  InputSpec spec;
  spec.num_dense_features = *num_features;
  for (const Column& column : columns) {
    if (column.size < 0 || static_cast<int64_t>(spec.dense_types.size()) + column.size > kMaxFeatures) return mistake;
    spec.dense_types.insert(spec.dense_types.end(), column.size, column.type);
  }
  if (!sparse_columns.empty()) spec.sparse_type = sparse_columns[0].type;
  return spec;
}

UniformNumbers::UniformNumbers(int32_t seed) : generator_(seed == 0 ? system_random() : static_cast<uint64_t>(int64_t{seed})) {}

uint32_t UniformNumbers::next() {
  if (used_ == block_.size()) {
    block_ = generator_.next();
    used_ = 0;
  }
  return block_[used_++];
}

uint32_t UniformNumbers::below(uint32_t n) {
  if ((n & (n - 1)) == 0) return n == 0 ? next() * 0 : next() & (n - 1);
  const uint32_t unfair = ~uint32_t{0} % n + 1;  // so many of the numbers would make the first ones likelier
  uint32_t number = next();
  while (number < unfair) number = next();
  return number % n;
}

StatusOr<Examples> Examples::make(const InputSpec& spec, const Tensor& dense, const Tensor& sparse_indices, const Tensor& sparse_values,
                                  const Tensor& sparse_shape) {
  Examples examples;
  examples.spec_ = spec;
  if (sparse_indices.shape().rank() == 2) {
    if (sparse_indices.shape().dim(1) != 2 || sparse_values.shape() != Shape{sparse_indices.shape().dim(0)} ||
        sparse_shape.shape() != Shape{2} || sparse_shape.data<int64_t>()[0] < 0) {
      return invalid_argument("Sparse features need indices [n, 2], values [n] and a shape of two numbers, got shapes {}, {} and {}",
                              sparse_indices.shape().str(), sparse_values.shape().str(), sparse_shape.shape().str());
    }
    examples.has_sparse_ = true;
    examples.indices_ = sparse_indices;
    examples.values_ = sparse_values;
    examples.size_ = sparse_shape.data<int64_t>()[0];
  }
  if (dense.shape().rank() == 2) {
    examples.has_dense_ = true;
    examples.dense_ = dense;
    examples.size_ = dense.shape().dim(0);
  }
  return examples;
}

float Examples::value(int64_t example, int32_t feature) const {
  if (feature < spec_.num_dense_features) {
    // Of features that were bagged there are fewer than the spec says: TensorFlow goes on to the next examples then, and behind
    // the last one.
    const int64_t at = has_dense_ ? example * dense_.shape().dim(1) + feature : 0;
    return at < dense_.num_elements() && has_dense_ ? dense_.data<float>()[at] : 0;
  }
  if (!has_sparse_) return 0;
  int64_t low = 0, high = indices_.shape().dim(0);
  while (low < high) {
    const int64_t middle = (low + high) / 2;
    const std::pair found(index(middle)[0], index(middle)[1]);
    const std::pair wanted(example, int64_t{feature});
    if (found == wanted) return values_.data<float>()[middle];
    if (found < wanted) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return 0;
}

std::optional<Examples::Sample> Examples::sample(int64_t example, UniformNumbers* random) const {
  int64_t first = 0, num_sparse = 0;
  if (has_sparse_) {
    const auto rows_before = [&](int64_t row) {
      int64_t low = 0, high = indices_.shape().dim(0);
      while (low < high) {
        const int64_t middle = (low + high) / 2;
        if (index(middle)[0] < row) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low;
    };
    first = rows_before(example);
    num_sparse = rows_before(example + 1) - first;
  }
  const auto drawn = static_cast<int64_t>(random->below(static_cast<uint32_t>(spec_.num_dense_features + num_sparse)));
  Sample sample;
  if (drawn < static_cast<int64_t>(spec_.dense_types.size())) {
    sample.feature = static_cast<int32_t>(drawn);
    sample.type = spec_.dense_types[drawn];
  } else {
    const int64_t i = drawn - spec_.num_dense_features;
    if (i < 0 || i >= num_sparse) return std::nullopt;
    const int64_t feature = index(first + i)[1] + spec_.num_dense_features;
    if (feature < 0 || feature > INT32_MAX) return std::nullopt;
    sample.feature = static_cast<int32_t>(feature);
    sample.type = spec_.sparse_type;
  }
  sample.value = value(example, sample.feature);
  return sample;
}

StatusOr<Targets> Targets::make(const ForestParams& params, const Tensor& labels, const Tensor& weights) {
  if (labels.shape().rank() < 1) return invalid_argument("Labels must have a row for each example, got shape {}", labels.shape().str());
  Targets targets;
  targets.labels_ = labels;
  targets.weights_ = weights;
  targets.size_ = labels.shape().dim(0);
  if (params.is_regression) {
    targets.num_outputs_ = labels.shape().rank() == 1 ? 1 : labels.shape().dim(1);
    if (targets.num_outputs_ < params.num_outputs) {
      return invalid_argument("Labels of shape {} don't have {} outputs", labels.shape().str(), params.num_outputs);
    }
    return targets;
  }
  if (labels.num_elements() < targets.size_) return invalid_argument("Labels of shape {} are no classes", labels.shape().str());
  for (int64_t i = 0; i < targets.size_; ++i) {
    const float label = labels.data<float>()[i];
    if (!(label > -1 && label < params.num_outputs)) {
      return invalid_argument("Got label greater than indicated number of classes. Is params.num_classes set correctly?");
    }
  }
  return targets;
}

}  // namespace reflow::ops::forest
