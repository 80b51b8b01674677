#include "reflow/data/dataset.h"

#include <algorithm>

namespace reflow::data {

namespace {
constexpr char kTypeName[] = "tensorflow::DatasetVariantWrapper";
}

Status Iterator::pass_over(IteratorContext& c, int64_t n, int64_t* passed) {
  constexpr int64_t kAskAgain = 256;
  for (*passed = 0; *passed < n; ++*passed) {
    Element element;
    bool end = false;
    const Status status = next(c, &element, &end);
    if (status.ok() && end) return OkStatus();
    if (!status.ok() || *passed % kAskAgain == 0) RETURN_IF_ERROR(c.check());
  }
  return OkStatus();
}

StatusOr<std::unique_ptr<Iterator>> Dataset::iterate(IteratorContext& c, const std::string& prefix) const {
  // Datasets may hold one another as deep as a graph is long.
  const IteratorContext::Depth depth(c);
  if (!depth.allowed()) return resource_exhausted("Datasets are nested more than {} deep", IteratorContext::Depth::kMax);
  std::unique_ptr<Iterator> iterator = make_iterator(prefix + "::" + kind_);
  RETURN_IF_ERROR(iterator->initialize(c));
  return iterator;
}

Tensor tensor_of(DatasetRef dataset) { return Tensor::scalar(Variant::of<DatasetRef>(kTypeName, std::move(dataset))); }

StatusOr<DatasetRef> dataset_of(const Tensor& tensor) {
  if (tensor.dtype() != DType::kVariant || tensor.rank() != 0) {
    return invalid_argument("Dataset tensor must be a scalar of dtype DT_VARIANT.");
  }
  const DatasetRef* dataset = tensor.item<Variant>().get<DatasetRef>();
  if (dataset == nullptr || *dataset == nullptr) return invalid_argument("Tensor must be a Dataset object.");
  return *dataset;
}

Status check_compatible(const ElementSpec& expected, const ElementSpec& got) {
  if (expected.types.size() != got.types.size()) {
    return invalid_argument("Number of components does not match: expected {} types but got {}.", expected.types.size(),
                            got.types.size());
  }
  for (size_t i = 0; i < expected.types.size(); ++i) {
    if (expected.types[i] == got.types[i]) continue;
    return invalid_argument("Data type mismatch at component {}: expected {} but got {}.", i,
                            dtype_spec_name(expected.types[i]), dtype_spec_name(got.types[i]));
  }
  if (expected.shapes.size() != got.shapes.size()) {
    return invalid_argument("Number of components does not match: expected {} shapes but got {}.", expected.shapes.size(),
                            got.shapes.size());
  }
  for (size_t i = 0; i < expected.shapes.size(); ++i) {
    if (expected.shapes[i].compatible_with(got.shapes[i])) continue;
    return invalid_argument("Incompatible shapes at component {}: expected {} but got {}.", i, expected.shapes[i].str(),
                            got.shapes[i].str());
  }
  return OkStatus();
}

Status for_each(IteratorContext& c, const Dataset& dataset,
                const std::function<Status(Element element, bool* stop)>& take) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Iterator> iterator, dataset.iterate(c, "Iterator"));
  bool stop = false;
  while (!stop) {
    Element element;
    bool end = false;
    RETURN_IF_ERROR(iterator->next(c, &element, &end));
    if (end) break;
    RETURN_IF_ERROR(take(std::move(element), &stop));
  }
  return OkStatus();
}

int64_t least_cardinality(int64_t a, int64_t b) {
  if (a == Dataset::kUnknown || b == Dataset::kUnknown) return Dataset::kUnknown;
  if (a == Dataset::kInfinite) return b;
  return b == Dataset::kInfinite ? a : std::min(a, b);
}

}  // namespace reflow::data
