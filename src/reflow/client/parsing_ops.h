#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "reflow/client/output.h"
#include "reflow/client/sparse_tensor.h"
#include "reflow/client/tensor_like.h"

namespace reflow {

// A feature of any number of values.
struct VarLenFeature {
  DType dtype;
};
// A feature of a fixed shape. Without a default value it is required.
struct FixedLenFeature {
  Shape shape;
  DType dtype;
  TensorLike default_value;
};
// A feature of any number of rows of a fixed shape, padded with the default value (0, "").
struct FixedLenSequenceFeature {
  Shape shape;
  DType dtype;
  TensorLike default_value;
};
// A SparseTensor whose indices and values are features of their own: indices of dimension i are the numbers of the feature
// index_key[i], below size[i].
struct SparseFeature {
  std::vector<std::string> index_key;
  std::string value_key;
  DType dtype;
  std::vector<int64_t> size;
  bool already_sorted = false;
};
using ExampleFeature = std::variant<VarLenFeature, FixedLenFeature, FixedLenSequenceFeature, SparseFeature>;

// What parsing gives for each feature: a tensor, or for VarLenFeature and SparseFeature a SparseTensor.
class ParsedFeatures {
 public:
  // The tensor of a feature of fixed length, or of rows. KeyError: there is none.
  const Output& operator[](const std::string& key) const;
  // That of a VarLenFeature or SparseFeature. KeyError: there is none.
  const SparseTensor& sparse(const std::string& key) const;

  std::map<std::string, Output> dense;
  std::map<std::string, SparseTensor> sparse_tensors;
};

struct ParseExampleOptions {
  TensorLike example_names;  // for messages: as many as there are Examples; none by default
  std::string name;
};
// The features of a vector of serialized Examples. ValueError: no features, or shapes that aren't known.
ParsedFeatures parse_example(const TensorLike& serialized, const std::map<std::string, ExampleFeature>& features,
                             const ParseExampleOptions& options = {});
// The features of one serialized Example.
ParsedFeatures parse_single_example(const TensorLike& serialized, const std::map<std::string, ExampleFeature>& features,
                                    const std::string& name = "");

struct DecodeRawOptions {
  bool little_endian = true;
  std::string name;
};
// The bytes of each string as a vector of numbers. All strings have the same length.
Output decode_raw(const TensorLike& input_bytes, DType out_type, const DecodeRawOptions& options = {});

struct DecodeCsvOptions {
  std::string field_delim = ",";
  bool use_quote_delim = true;
  std::string name, na_value;
  std::vector<int64_t> select_cols;  // empty: all
};
// Lines of comma-separated values as one tensor for each column. `record_defaults`: for each column a tensor of its type
// with the default, or without elements where the column is required.
std::vector<Output> decode_csv(const TensorLike& records, const TensorList& record_defaults,
                               const DecodeCsvOptions& options = {});

}  // namespace reflow
