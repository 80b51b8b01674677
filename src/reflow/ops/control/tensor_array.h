#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "reflow/op/op.h"
#include "reflow/op/sparse_array.h"

namespace reflow::ops {

// An array of tensors that a run fills and reads element by element: the state of a TensorArray. It lives as long as a
// handle to it. A gradient array, which is found at its forward array by the name of the call of gradients(), adds up what
// is written to one element. Thread-safe. Errors have TensorFlow's texts.
class TensorArray : public op::Resource {
 public:
  static constexpr std::string_view kTypeName = "N10tensorflow11TensorArrayE";
  struct Options {
    std::string name;
    DType dtype;
    Shape element_shape;
    bool identical_element_shapes = false, dynamic_size = false, clear_after_read = true, aggregates = false;
  };
  TensorArray(Options options, int64_t size) : options_(std::move(options)), elements_(size) {}

  std::string debug_string() const override { return "TensorArray[" + options_.name + "]"; }
  const std::string& name() const { return options_.name; }
  DType dtype() const { return options_.dtype; }
  bool dynamic_size() const { return options_.dynamic_size; }

  // InvalidArgument: the index is out of range, or has been written or read before; another type or shape.
  Status write(int64_t index, Tensor value);
  // values[i] to indices[i].
  Status write_many(std::span<const int64_t> indices, std::vector<Tensor> values);
  // InvalidArgument: nothing is there, and no element shape says what zeros to give; it has been read and cleared.
  StatusOr<Tensor> read(int64_t index);
  Status read_many(std::span<const int64_t> indices, std::vector<Tensor>* values);
  // All elements. ResourceExhausted: far too many of them have never been written.
  Status read_all(std::vector<Tensor>* values);
  StatusOr<int64_t> size();
  // What is known of all elements' shapes.
  Shape element_shape();
  // Forgets the elements; every later use is an error.
  void close();

  // The gradient array for `source`, made when there is none: as large as this one, with elements of the shapes written
  // here, each with `prepended` before.
  StatusOr<std::shared_ptr<TensorArray>> gradient(const std::string& source, const Shape& prepended);

 private:
  struct Element {
    Tensor value;
    Shape shape;
    bool written = false, read = false, cleared = false, owned = false;
  };
  Status check_open() const;
  Status locked_write(int64_t index, Tensor value);
  // `zeros`: what the last element without a value was given, for others of its shape.
  StatusOr<Tensor> locked_read(int64_t index, Tensor* zeros = nullptr);
  Status add_to(Element& element, int64_t index, const Tensor& value);

  std::mutex mutex_;
  Options options_;
  op::SparseArray<Element> elements_;
  bool closed_ = false, has_aggregated_ = false;
  std::map<std::string, std::shared_ptr<TensorArray>> gradients_;
};

// Makes output 0 a handle to `array`. Old graphs' handles are two strings, or references to such, which name an array that
// lives as long as the run.
Status give_array(op::KernelContext& c, std::shared_ptr<TensorArray> array);
// The TensorArray behind input 0. NotFound: the handle is that of something else, or of an array of another process or run.
StatusOr<TensorArray*> tensor_array_of(op::KernelContext& c);
// InvalidArgument: the array holds another type than an op reads or writes.
Status check_read_type(const TensorArray& array, DType dtype);
Status check_written_type(const TensorArray& array, DType dtype);

}  // namespace reflow::ops
