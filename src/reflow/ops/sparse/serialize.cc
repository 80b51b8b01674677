// Sparse tensors as three strings (indices, values, shape), many of them put into one, and kept between runs.

#include <map>
#include <mutex>
#include <numeric>
#include <string>
#include <vector>

#include "reflow/op/elements.h"
#include "reflow/op/op.h"
#include "reflow/ops/sparse/sparse_tensor.h"
#include "reflow/tensor/serialized_tensor_proto.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

struct Sparse {
  Tensor indices, values, shape;
};

// A tensor as an element of a string or a variant tensor.
template <typename S>
Status put_serialized(const Tensor& t, S* to) {
  if constexpr (std::is_same_v<S, std::string>) {
    ASSIGN_OR_RETURN(*to, serialized_tensor(t, TensorForm::kContent));
  } else {
    *to = Variant::of("tensorflow::Tensor", t.retained());
  }
  return OkStatus();
}
template <typename S>
Status put_sparse(const Sparse& sparse, S* to) {
  RETURN_IF_ERROR(put_serialized(sparse.indices, to));
  RETURN_IF_ERROR(put_serialized(sparse.values, to + 1));
  return put_serialized(sparse.shape, to + 2);
}

Status get_serialized(const std::string& from, Tensor* t) {
  auto parsed = parsed_tensor(from);
  if (!parsed.ok()) return invalid_argument("Could not parse serialized proto");
  *t = *std::move(parsed);
  return OkStatus();
}
Status get_serialized(const Variant& from, Tensor* t) {
  const Tensor* value = from.get<Tensor>();
  if (value == nullptr) return invalid_argument("Could not get a tensor from variant {}", from.type_name());
  *t = *value;
  return OkStatus();
}

// Splits the sparse tensor of inputs 0 to 2 into its rows, each of one dimension less.
Status split_rows(KernelContext& c, std::vector<Sparse>* result) {
  const Tensor &indices = c.input(0), &values = c.input(1), &sizes = c.input(2);
  RETURN_IF_ERROR(check_sparse(indices, values, sizes));
  const int rank = static_cast<int>(sizes.num_elements());
  if (rank < 2) return invalid_argument("Rank of input SparseTensor should be > 1, but saw rank: {}", rank);
  ASSIGN_OR_RETURN(const Shape shape, dense_shape(sizes));
  const IndexRows rows(indices);
  constexpr int64_t kMostEmptyRows = int64_t{1} << 20;  // a wrong shape isn't to take all of the memory
  if (shape.dim(0) > rows.size() + kMostEmptyRows) return resource_exhausted("There are too many rows without entries: {}", shape.dim(0));
  RETURN_IF_ERROR(check_within(rows, sizes.flat<int64_t>()));
  for (int64_t i = 1; i < rows.size(); ++i) {
    if (rows[i - 1][0] <= rows[i][0]) continue;
    return out_of_order_error(i, {rows[i], static_cast<size_t>(rank)});
  }
  Tensor rest(DType::kInt64, Shape{rank - 1});
  std::copy_n(sizes.data<int64_t>() + 1, rank - 1, rest.data<int64_t>());
  for (int64_t r = 0, begin = 0, end; r < shape.dim(0); ++r, begin = end) {
    for (end = begin; end < rows.size() && rows[end][0] == r; ++end) {}
    ASSIGN_OR_RETURN(Tensor row_indices, allocate_tensor(DType::kInt64, Shape{end - begin, rank - 1}));
    for (int64_t i = begin; i < end; ++i) {
      std::copy_n(rows[i] + 1, rank - 1, row_indices.data<int64_t>() + (i - begin) * (rank - 1));
    }
    result->push_back({std::move(row_indices), values.rows(begin, end).copy(), rest});
  }
  return OkStatus();
}

// Puts sparse tensors together to one that has them as its rows, in the outputs 0 to 2. `batch` is the shape that the
// rows' dimension is taken for.
Status join_rows(KernelContext& c, const std::vector<Sparse>& parts, DType type, std::span<const int64_t> batch) {
  std::vector<int64_t> shape;
  int64_t total = 0;
  for (size_t i = 0; i < parts.size(); ++i) {
    const Sparse& part = parts[i];
    if (part.indices.dtype() != DType::kInt64 || part.indices.rank() != 2) {
      return invalid_argument("Expected SparseTensor[{}].indices to represent an int64 matrix but received shape {}", i,
                              part.indices.shape().str());
    }
    if (part.values.rank() != 1) {
      return invalid_argument("Expected SparseTensor[{}].values to represent a vector but received shape {}", i,
                              part.values.shape().str());
    }
    if (part.shape.dtype() != DType::kInt64 || part.shape.rank() != 1) {
      return invalid_argument("Expected SparseTensor[{}].shape to represent an int64 vector but received shape {}", i,
                              part.shape.shape().str());
    }
    if (part.values.dtype() != type) {
      return invalid_argument("Requested SparseTensor of type {} but SparseTensor[{}].values.dtype() == {}",
                              dtype_spec_name(type), i, dtype_spec_name(part.values.dtype()));
    }
    RETURN_IF_ERROR(check_sparse_sizes(part.indices, part.values, part.shape));
    const auto sizes = part.shape.flat<int64_t>();
    if (i > 0 && sizes.size() != shape.size()) {
      return invalid_argument(
          "Inconsistent shape across SparseTensors: rank prior to SparseTensor[{}] was: {} but rank of SparseTensor[{}] is: "
          "{}",
          i, shape.size(), i, sizes.size());
    }
    shape.resize(sizes.size());
    for (size_t d = 0; d < sizes.size(); ++d) shape[d] = std::max(shape[d], sizes[d]);
    total += part.values.num_elements();
  }
  const auto inner = static_cast<int64_t>(shape.size()), outer = static_cast<int64_t>(batch.size());
  RETURN_IF_ERROR(c.allocate_output(0, Shape{total, outer + inner}));
  RETURN_IF_ERROR(c.allocate_output(1, Shape{total}));
  RETURN_IF_ERROR(c.allocate_output(2, Shape{outer + inner}));
  int64_t* index = c.output(0).data<int64_t>();
  for (size_t r = 0; r < parts.size(); ++r) {
    const IndexRows rows(parts[r].indices);
    for (int64_t i = 0; i < rows.size(); ++i, index += outer + inner) {
      auto rest = static_cast<int64_t>(r);
      for (int64_t d = outer - 1; d >= 0; --d) {
        index[d] = rest % batch[d];
        rest /= batch[d];
      }
      std::copy_n(rows[i], inner, index + outer);
    }
  }
  with_element(type, [&]<typename E>() {
    E* to = static_cast<E*>(c.output(1).raw_data());
    for (const Sparse& part : parts) {
      copy_elements(to, static_cast<const E*>(part.values.raw_data()), part.values.num_elements());
      to += part.values.num_elements();
    }
  });
  int64_t* sizes = c.output(2).data<int64_t>();
  std::copy(shape.begin(), shape.end(), std::copy(batch.begin(), batch.end(), sizes));
  return OkStatus();
}

template <typename S>
class SerializeSparse : public Kernel {
 public:
  explicit SerializeSparse(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Sparse sparse{c.input(0), c.input(1), c.input(2)};
    if (sparse.indices.rank() != 2) {
      return invalid_argument("Input indices should be a matrix but received shape {}", sparse.indices.shape().str());
    }
    if (sparse.values.rank() != 1) {
      return invalid_argument("Input values should be a vector but received shape {}", sparse.values.shape().str());
    }
    if (sparse.shape.rank() != 1) {
      return invalid_argument("Input shape should be a vector but received shape {}", sparse.shape.shape().str());
    }
    RETURN_IF_ERROR(c.allocate_output(0, Shape{3}));
    return put_sparse(sparse, c.output(0).data<S>());
  }
};

template <typename S>
class SerializeManySparse : public Kernel {
 public:
  explicit SerializeManySparse(KernelInit&) {}
  Status compute(KernelContext& c) override {
    std::vector<Sparse> rows;
    RETURN_IF_ERROR(split_rows(c, &rows));
    RETURN_IF_ERROR(c.allocate_output(0, Shape{static_cast<int64_t>(rows.size()), 3}));
    for (size_t i = 0; i < rows.size(); ++i) RETURN_IF_ERROR(put_sparse(rows[i], c.output(0).data<S>() + 3 * i));
    return OkStatus();
  }
};

// [.., 3] to one sparse tensor: the leading dimensions become its own.
template <typename S>
class DeserializeSparse : public Kernel {
 public:
  explicit DeserializeSparse(KernelInit& c) : type_(c.attr<DType>("dtype")) {}
  Status compute(KernelContext& c) override {
    const Tensor& in = c.input(0);
    if (in.rank() < 1) return invalid_argument("Serialized sparse should have non-zero rank {}", in.shape().str());
    if (in.dim(in.rank() - 1) != 3) {
      return invalid_argument("Serialized sparse should have 3 as the last dimension {}", in.shape().str());
    }
    if (in.num_elements() == 0) {
      return invalid_argument("Serialized sparse should have at least 1 serialized tensor, but has a zero dimension {}",
                              in.shape().str());
    }
    std::vector<Sparse> parts(static_cast<size_t>(in.num_elements() / 3));
    const S* from = in.data<S>();
    for (Sparse& part : parts) {
      RETURN_IF_ERROR(get_serialized(*from++, &part.indices));
      RETURN_IF_ERROR(get_serialized(*from++, &part.values));
      RETURN_IF_ERROR(get_serialized(*from++, &part.shape));
    }
    std::vector<int64_t> batch(in.shape().begin(), in.shape().end() - 1);
    return join_rows(c, parts, type_, batch);
  }

 private:
  DType type_;
};

Status serialize_shape(ShapeContext& c) {
  if (c.concrete()) return unknown_shape(c);
  Shape checked;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 2, &checked));
  RETURN_IF_ERROR(c.with_rank(c.input(1), 1, &checked));
  RETURN_IF_ERROR(c.with_rank(c.input(2), 1, &checked));
  c.set_output(0, Shape{3});
  return OkStatus();
}

Status serialize_many_shape(ShapeContext& c) {
  RETURN_IF_ERROR(serialize_shape(c));
  if (!c.concrete()) c.set_output(0, Shape{Shape::kUnknown, 3});
  return OkStatus();
}

Status deserialized_shape(ShapeContext& c) {
  c.set_output(0, c.concrete() ? Shape::unknown() : Shape{Shape::kUnknown, Shape::kUnknown});
  c.set_output(1, c.concrete() ? Shape::unknown() : Shape{Shape::kUnknown});
  c.set_output(2, c.concrete() ? Shape::unknown() : Shape{Shape::kUnknown});
  return OkStatus();
}

// A matrix of three columns.
Status deserialize_many_shape(ShapeContext& c) {
  if (!c.concrete()) {
    Shape matrix;
    RETURN_IF_ERROR(c.with_rank(c.input(0), 2, &matrix));
    int64_t three;
    RETURN_IF_ERROR(c.with_value(matrix.dim(1), 3, &three));
  }
  return deserialized_shape(c);
}

constexpr Types<std::string, Variant> kSerializedTypes{};

REFLOW_OP("SerializeSparse")
    .input("sparse_indices: int64")
    .input("sparse_values: T")
    .input("sparse_shape: int64")
    .output("serialized_sparse: out_type")
    .attr("T: type")
    .attr("out_type: {string, variant} = DT_STRING")
    .doc("The sparse tensor as a vector of three strings (or variants): indices, values and shape, each as a TensorProto.")
    .shape(serialize_shape)
    .kernel<SerializeSparse>(kCpu, kSerializedTypes, "out_type");

REFLOW_OP("SerializeManySparse")
    .input("sparse_indices: int64")
    .input("sparse_values: T")
    .input("sparse_shape: int64")
    .output("serialized_sparse: out_type")
    .attr("T: type")
    .attr("out_type: {string, variant} = DT_STRING")
    .doc("Each row of the sparse tensor as SerializeSparse gives it: a matrix of three columns.")
    .shape(serialize_many_shape)
    .kernel<SerializeManySparse>(kCpu, kSerializedTypes, "out_type");

REFLOW_OP("DeserializeSparse")
    .input("serialized_sparse: Tserialized")
    .output("sparse_indices: int64")
    .output("sparse_values: dtype")
    .output("sparse_shape: int64")
    .attr("dtype: type")
    .attr("Tserialized: {string, variant} = DT_STRING")
    .doc("The sparse tensors that SerializeSparse wrote put together to one, with the leading dimensions of "
         "`serialized_sparse` before theirs; as large as the largest.")
    .shape(deserialized_shape)
    .kernel<DeserializeSparse>(kCpu, kSerializedTypes, "Tserialized");

REFLOW_OP("DeserializeManySparse")
    .input("serialized_sparse: string")
    .output("sparse_indices: int64")
    .output("sparse_values: dtype")
    .output("sparse_shape: int64")
    .attr("dtype: type")
    .doc("The sparse tensors in the rows of `serialized_sparse` put together to one, with a dimension for the rows before "
         "theirs; as large as the largest.")
    .shape(deserialize_many_shape)
    .kernel<DeserializeSparse<std::string>>(kCpu);

// Sparse tensors by handle. Thread-safe.
class SparseTensorsMap : public Resource {
 public:
  static constexpr std::string_view kTypeName = "N10tensorflow16SparseTensorsMapE";
  explicit SparseTensorsMap(std::string name) : name_(std::move(name)) {}
  std::string debug_string() const override { return "A SparseTensorsMap"; }

  int64_t add(Sparse sparse) {
    const std::lock_guard lock(mutex_);
    sparse_.emplace(next_, std::move(sparse));
    return next_++;
  }
  // Takes all of them, or, where one isn't there, leaves the others.
  Status take(std::span<const int64_t> handles, std::vector<Sparse>* result) {
    const std::lock_guard lock(mutex_);
    for (const int64_t handle : handles) {
      const auto found = sparse_.find(handle);
      if (found == sparse_.end()) return invalid_argument("Unable to find SparseTensor: {} in map: {}", handle, name_);
      result->push_back(found->second);
    }
    for (const int64_t handle : handles) sparse_.erase(handle);
    return OkStatus();
  }

 private:
  std::mutex mutex_;
  std::string name_;
  std::map<int64_t, Sparse> sparse_;
  int64_t next_ = 0;
};

// Finds the map of the attributes when it runs first.
class WithTensorsMap : public Kernel {
 public:
  explicit WithTensorsMap(KernelInit& c)
      : container_(c.attr<std::string>("container")), name_(c.attr<std::string>("shared_name")) {
    if (name_.empty()) name_ = c.node().name();
  }

 protected:
  StatusOr<SparseTensorsMap*> map(KernelContext& c) {
    const std::lock_guard lock(mutex_);
    if (map_ == nullptr) {
      ASSIGN_OR_RETURN(map_, c.resources().lookup_or_create<SparseTensorsMap>(
                                 container_, name_, [this]() -> StatusOr<std::shared_ptr<SparseTensorsMap>> {
                                   return std::make_shared<SparseTensorsMap>(name_);
                                 }));
    }
    return map_.get();
  }

 private:
  std::string container_, name_;
  std::mutex mutex_;
  std::shared_ptr<SparseTensorsMap> map_;
};

class AddSparseToTensorsMap : public WithTensorsMap {
 public:
  using WithTensorsMap::WithTensorsMap;
  Status compute(KernelContext& c) override {
    RETURN_IF_ERROR(check_sparse(c.input(0), c.input(1), c.input(2)));
    ASSIGN_OR_RETURN(SparseTensorsMap * tensors, map(c));
    *c.output(0).data<int64_t>() = tensors->add({c.input(0).copy(), c.input(1).copy(), c.input(2).copy()});
    return OkStatus();
  }
};

class AddManySparseToTensorsMap : public WithTensorsMap {
 public:
  using WithTensorsMap::WithTensorsMap;
  Status compute(KernelContext& c) override {
    std::vector<Sparse> rows;
    RETURN_IF_ERROR(split_rows(c, &rows));
    ASSIGN_OR_RETURN(SparseTensorsMap * tensors, map(c));
    RETURN_IF_ERROR(c.allocate_output(0, Shape{static_cast<int64_t>(rows.size())}));
    int64_t* handle = c.output(0).data<int64_t>();
    for (Sparse& row : rows) *handle++ = tensors->add(std::move(row));
    return OkStatus();
  }
};

class TakeManySparseFromTensorsMap : public WithTensorsMap {
 public:
  explicit TakeManySparseFromTensorsMap(KernelInit& c) : WithTensorsMap(c), type_(c.attr<DType>("dtype")) {}
  Status compute(KernelContext& c) override {
    const Tensor& handles = c.input(0);
    if (handles.rank() != 1) {
      return invalid_argument("sparse_handles should be a vector but received shape {}", handles.shape().str());
    }
    ASSIGN_OR_RETURN(SparseTensorsMap * tensors, map(c));
    std::vector<Sparse> parts;
    RETURN_IF_ERROR(tensors->take(handles.flat<int64_t>(), &parts));
    const int64_t n = handles.num_elements();
    return join_rows(c, parts, type_, {&n, 1});
  }

 private:
  DType type_;
};

Status add_to_map_shape(ShapeContext& c) {
  if (!c.concrete()) RETURN_IF_ERROR(serialize_shape(c));
  c.set_output(0, Shape{});
  return OkStatus();
}

Status add_many_to_map_shape(ShapeContext& c) {
  RETURN_IF_ERROR(serialize_shape(c));
  c.set_output(0, c.concrete() ? Shape::unknown() : Shape{Shape::kUnknown});
  return OkStatus();
}

Status take_from_map_shape(ShapeContext& c) {
  Shape handles;
  if (!c.concrete()) RETURN_IF_ERROR(c.with_rank(c.input(0), 1, &handles));
  return deserialized_shape(c);
}

REFLOW_OP("AddSparseToTensorsMap")
    .input("sparse_indices: int64")
    .input("sparse_values: T")
    .input("sparse_shape: int64")
    .output("sparse_handle: int64")
    .attr("T: type")
    .attr("container: string = ''")
    .attr("shared_name: string = ''")
    .stateful()
    .doc("Keeps a sparse tensor in the map `shared_name` until TakeManySparseFromTensorsMap asks for its handle.")
    .shape(add_to_map_shape)
    .kernel<AddSparseToTensorsMap>(kCpu);

REFLOW_OP("AddManySparseToTensorsMap")
    .input("sparse_indices: int64")
    .input("sparse_values: T")
    .input("sparse_shape: int64")
    .output("sparse_handles: int64")
    .attr("T: type")
    .attr("container: string = ''")
    .attr("shared_name: string = ''")
    .stateful()
    .doc("Keeps each row of the sparse tensor in the map `shared_name`, and gives their handles.")
    .shape(add_many_to_map_shape)
    .kernel<AddManySparseToTensorsMap>(kCpu);

REFLOW_OP("TakeManySparseFromTensorsMap")
    .input("sparse_handles: int64")
    .output("sparse_indices: int64")
    .output("sparse_values: dtype")
    .output("sparse_shape: int64")
    .attr("dtype: type")
    .attr("container: string = ''")
    .attr("shared_name: string = ''")
    .stateful()
    .doc("The sparse tensors of the handles, taken from the map `shared_name` and put together to one with a dimension for "
         "the handles before theirs.")
    .shape(take_from_map_shape)
    .kernel<TakeManySparseFromTensorsMap>(kCpu);

}  // namespace
}  // namespace reflow::ops
