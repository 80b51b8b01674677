// Parses hostile Examples and SequenceExamples; the batch and the single one have to agree on whether they are sound.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "reflow/formats/example_parser.h"
#include "reflow/formats/sequence_example_parser.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace reflow;
  using namespace reflow::formats;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  DenseFeature fixed{.key = "a", .type = DType::kInt64, .shape = {}, .default_value = Tensor::scalar(int64_t{0})};
  DenseFeature rows{.key = "b", .type = DType::kFloat32, .shape = {Shape::kUnknown}, .default_value = Tensor::scalar(0.0f)};
  if (!plan_dense_shape(0, &fixed).ok() || !plan_dense_shape(1, &rows).ok()) std::abort();
  static const ExampleParser parser({fixed, rows}, {{"c", DType::kString}, {"d", DType::kInt64}});
  static ThreadPool pool(1);
  ParsedExamples batch, single;
  const bool batch_ok = parser.parse({&bytes, 1}, {}, pool, &batch).ok();
  if (batch_ok != parser.parse_single(bytes, &single).ok()) std::abort();
  if (batch_ok && batch.sparse_values[0].num_elements() != single.sparse_values[0].num_elements()) std::abort();
  const SequenceFeatures features{.context_dense = {fixed}, .context_sparse = {{"c", DType::kString}},
                                  .list_dense = {{"a", DType::kInt64, {2}, true}}, .list_sparse = {{"b", DType::kFloat32}}};
  ParsedSequences sequences, one;
  (void)parse_sequences(features, {&bytes, 1}, {}, &sequences);
  (void)parse_single_sequence(features, bytes, "", &one);
  return 0;
}
