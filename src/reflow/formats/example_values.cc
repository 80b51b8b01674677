#include "reflow/formats/example_values.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "reflow/tensor/checked_size.h"

namespace reflow::formats {
namespace {

template <typename T>
void fill(const T& value, Tensor* out) {
  std::fill_n(out->data<T>(), out->num_elements(), value);
}

void fill_with(const Tensor& value, Tensor* out) {
  switch (out->dtype()) {
    case DType::kString: return fill(value.item<std::string>(), out);
    case DType::kInt64: return fill(value.item<int64_t>(), out);
    default: return fill(value.item<float>(), out);
  }
}

}  // namespace

bool FeatureValues::append(const FeatureView& feature) {
  switch (feature.type) {
    case DType::kString:
      return each_bytes(feature.list, [&](std::string_view v) { strings_.push_back(v); });
    case DType::kInt64:
      return each_int64(feature.list, [&](int64_t v) { ints_.push_back(v); });
    case DType::kFloat32:
      return each_float_run(feature.list, [&](const char* bytes, size_t n) {
        const size_t old = floats_.size();
        floats_.resize(old + n);
        std::memcpy(floats_.data() + old, bytes, n * sizeof(float));
      });
    default: return true;
  }
}

void FeatureValues::copy(DType type, size_t begin, size_t end, Tensor* out, int64_t at) const {
  if (begin == end) return;
  switch (type) {
    case DType::kString: {
      std::string* to = out->data<std::string>() + at;
      for (size_t i = begin; i < end; ++i) (to++)->assign(strings_[i]);
      return;
    }
    case DType::kInt64: std::copy(ints_.data() + begin, ints_.data() + end, out->data<int64_t>() + at); return;
    default: std::copy(floats_.data() + begin, floats_.data() + end, out->data<float>() + at);
  }
}

int64_t read_values(const FeatureView& feature, int64_t n, int64_t at, Tensor* out) {
  int64_t count = 0;
  bool ok = true;
  switch (feature.type) {
    case DType::kString: {
      std::string* to = out->data<std::string>() + at;
      ok = each_bytes(feature.list, [&](std::string_view v) {
        if (count++ < n) (to++)->assign(v);
      });
      break;
    }
    case DType::kInt64: {
      int64_t* to = out->data<int64_t>() + at;
      ok = each_int64(feature.list, [&](int64_t v) {
        if (count++ < n) *to++ = v;
      });
      break;
    }
    case DType::kFloat32: {
      float* to = out->data<float>() + at;
      ok = each_float_run(feature.list, [&](const char* bytes, size_t k) {
        const int64_t fits = std::clamp<int64_t>(n - count, 0, static_cast<int64_t>(k));
        if (fits > 0) std::memcpy(to + count, bytes, static_cast<size_t>(fits) * sizeof(float));
        count += static_cast<int64_t>(k);
      });
      break;
    }
    default: break;
  }
  return ok ? count : -1;
}

void copy_elements(const Tensor& source, int64_t from, int64_t n, Tensor* out, int64_t at) {
  switch (out->dtype()) {
    case DType::kString: std::copy_n(source.data<std::string>() + from, n, out->data<std::string>() + at); return;
    case DType::kInt64: std::copy_n(source.data<int64_t>() + from, n, out->data<int64_t>() + at); return;
    default: std::copy_n(source.data<float>() + from, n, out->data<float>() + at);
  }
}

StatusOr<Tensor> padded_values(std::span<const FeatureValues* const> parts, DType type, int64_t num_rows, const Shape& shape,
                               int64_t stride, const Tensor& padding) {
  size_t longest = 0;
  for (const FeatureValues* part : parts) {
    size_t begin = 0;
    for (const size_t end : part->ends()) {
      longest = std::max(longest, end - begin);
      begin = end;
    }
  }
  Shape out_shape{num_rows, static_cast<int64_t>(longest) / std::max<int64_t>(stride, 1)};
  for (int i = 1; i < shape.rank(); ++i) out_shape.add_dim(shape.dim(i));
  ASSIGN_OR_RETURN(Tensor out, allocate_tensor(type, out_shape));
  if (out.num_elements() == 0) return out;
  fill_with(padding, &out);
  int64_t at = 0;
  for (const FeatureValues* part : parts) {
    size_t begin = 0;
    for (const size_t end : part->ends()) {
      part->copy(type, begin, end, &out, at);
      at += static_cast<int64_t>(longest);
      begin = end;
    }
  }
  return out;
}

Status sparse_matrix(std::span<const FeatureValues* const> parts, DType type, int64_t num_rows, Tensor* indices,
                     Tensor* values, Tensor* shape) {
  size_t total = 0, longest = 0;
  for (const FeatureValues* part : parts) total += part->size(type);
  ASSIGN_OR_RETURN(*indices, allocate_tensor(DType::kInt64, {static_cast<int64_t>(total), 2}));
  ASSIGN_OR_RETURN(*values, allocate_tensor(type, {static_cast<int64_t>(total)}));
  int64_t* index = indices->data<int64_t>();
  int64_t row = 0, at = 0;
  for (const FeatureValues* part : parts) {
    part->copy(type, 0, part->size(type), values, at);
    at += static_cast<int64_t>(part->size(type));
    size_t begin = 0;
    for (const size_t end : part->ends()) {
      for (size_t i = 0; i < end - begin; ++i) {
        *index++ = row;
        *index++ = static_cast<int64_t>(i);
      }
      longest = std::max(longest, end - begin);
      begin = end;
      ++row;
    }
  }
  *shape = Tensor::vector<int64_t>({num_rows, static_cast<int64_t>(longest)});
  return OkStatus();
}

Status sparse_vector(const FeatureValues& part, DType type, Tensor* indices, Tensor* values, Tensor* shape) {
  const auto n = static_cast<int64_t>(part.size(type));
  ASSIGN_OR_RETURN(*indices, allocate_tensor(DType::kInt64, {n, 1}));
  ASSIGN_OR_RETURN(*values, allocate_tensor(type, {n}));
  for (int64_t i = 0; i < n; ++i) indices->data<int64_t>()[i] = i;
  part.copy(type, 0, part.size(type), values, 0);
  *shape = Tensor::vector<int64_t>({n});
  return OkStatus();
}

}  // namespace reflow::formats
