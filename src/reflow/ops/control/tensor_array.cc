#include "reflow/op/wrapping.h"
#include "reflow/ops/control/tensor_array.h"

#include <cstring>
#include <utility>

namespace reflow::ops {

namespace {

constexpr auto kSummed = kFloatTypes + kAllIntTypes + kComplexTypes;

// Of what no value was written, and so is zero.
StatusOr<Tensor> zeros_of(DType type, const Shape& shape) {
  if (!is_plain(type)) {
    return invalid_argument("tensor_array::TensorSetZero type not supported: {}", dtype_spec_name(type));
  }
  ASSIGN_OR_RETURN(Tensor value, allocate_tensor(type, shape));
  if (value.size_bytes() > 0) std::memset(value.raw_data(), 0, value.size_bytes());
  return value;
}

}  // namespace

Status TensorArray::check_open() const {
  return closed_ ? invalid_argument("TensorArray {} has already been closed.", options_.name) : OkStatus();
}

Status TensorArray::add_to(Element& element, int64_t index, const Tensor& value) {
  if (!(value.shape() == element.shape)) {
    return invalid_argument(
        "TensorArray {}: Could not aggregate to TensorArray index {} because the existing shape is {} but the new input "
        "shape is {}.", options_.name, index, element.shape.str(), value.shape().str());
  }
  if (!element.value.valid()) {
    element.value = value;
    return OkStatus();
  }
  if (!element.owned || !element.value.owns_alone()) element.value = element.value.copy();
  element.owned = true;
  has_aggregated_ = true;
  const bool known = with_type(kSummed, options_.dtype, [&]<typename T>() {
    T* to = element.value.data<T>();
    const T* from = value.data<T>();
    for (int64_t i = 0, n = value.num_elements(); i < n; ++i) to[i] = op::wrapping_sum(to[i], from[i]);
  });
  if (known) return OkStatus();
  return invalid_argument("tensor_array::AddToTensor type not supported: {}", dtype_spec_name(options_.dtype));
}

Status TensorArray::locked_write(int64_t index, Tensor value) {
  RETURN_IF_ERROR(check_open());
  const int64_t size = elements_.size();
  if (index < 0 || (index >= size && !options_.dynamic_size)) {
    return invalid_argument("TensorArray {}: Tried to write to index {} but array is not resizeable and size is: {}",
                            options_.name, index, size);
  }
  if (value.dtype() != options_.dtype) {
    return invalid_argument(
        "TensorArray {}: Could not write to TensorArray index {} because the value dtype is {} but TensorArray dtype is {}.",
        options_.name, index, dtype_spec_name(value.dtype()), dtype_spec_name(options_.dtype));
  }
  if (!options_.element_shape.compatible_with(value.shape())) {
    return invalid_argument(
        "TensorArray {}: Could not write to TensorArray index {} because the value shape is {} which is incompatible with "
        "the TensorArray's inferred element shape: {} (consider setting infer_shape=False).",
        options_.name, index, value.shape().str(), options_.element_shape.str());
  }
  if (index >= size) elements_.resize(index + 1);
  if (options_.identical_element_shapes && !options_.element_shape.fully_defined()) options_.element_shape = value.shape();
  Element& element = elements_[index];
  if (element.read) {
    return invalid_argument("TensorArray {}: Could not write to TensorArray index {} because it has already been read.",
                            options_.name, index);
  }
  if (element.written && options_.aggregates) return add_to(element, index, value);
  if (element.written) {
    return invalid_argument(
        "TensorArray {}: Could not write to TensorArray index {} because it has already been written to.", options_.name,
        index);
  }
  element.written = true;
  element.shape = value.shape();
  element.value = std::move(value);
  return OkStatus();
}

Status TensorArray::write(int64_t index, Tensor value) {
  std::lock_guard lock(mutex_);
  return locked_write(index, std::move(value));
}

Status TensorArray::write_many(std::span<const int64_t> indices, std::vector<Tensor> values) {
  std::lock_guard lock(mutex_);
  for (size_t i = 0; i < values.size(); ++i) RETURN_IF_ERROR(locked_write(indices[i], std::move(values[i])));
  return OkStatus();
}

StatusOr<Tensor> TensorArray::locked_read(int64_t index, Tensor* zeros) {
  RETURN_IF_ERROR(check_open());
  const int64_t size = elements_.size();
  if (index < 0 || index >= size) {
    return invalid_argument("Tried to read from index {} but array size is: {}", index, size);
  }
  Element& element = elements_[index];
  if (!element.written) {
    if (!options_.element_shape.fully_defined()) {
      return invalid_argument(
          "TensorArray {}: Could not read from TensorArray index {}.  Furthermore, the element shape is not fully defined: "
          "{}.  It is possible you are working with a resizeable TensorArray and stop_gradients is not allowing the "
          "gradients to be written.  If you set the full element_shape property on the forward TensorArray, the proper "
          "all-zeros tensor will be returned instead of incurring this error.",
          options_.name, index, options_.element_shape.str());
    }
    element.shape = options_.element_shape;
    element.written = true;
  }
  if (element.cleared) {
    return invalid_argument(
        "TensorArray {}: Could not read index {} twice because it was cleared after a previous read (perhaps try setting "
        "clear_after_read = false?).", options_.name, index);
  }
  if (!element.value.valid()) {
    if (zeros != nullptr && zeros->valid() && zeros->shape() == element.shape) {
      element.value = *zeros;
    } else {
      ASSIGN_OR_RETURN(element.value, zeros_of(options_.dtype, element.shape));
    }
    if (zeros != nullptr) *zeros = element.value;
  }
  element.read = true;
  if (!options_.clear_after_read) return element.value;
  element.cleared = true;
  return std::exchange(element.value, Tensor());
}

StatusOr<Tensor> TensorArray::read(int64_t index) {
  std::lock_guard lock(mutex_);
  return locked_read(index);
}

Status TensorArray::read_many(std::span<const int64_t> indices, std::vector<Tensor>* values) {
  std::lock_guard lock(mutex_);
  for (const int64_t index : indices) {
    ASSIGN_OR_RETURN(Tensor value, locked_read(index));
    values->push_back(std::move(value));
  }
  return OkStatus();
}

Status TensorArray::read_all(std::vector<Tensor>* values) {
  constexpr int64_t kMostUnwritten = int64_t{1} << 18;  // a wrong size isn't to take all of the memory
  std::lock_guard lock(mutex_);
  RETURN_IF_ERROR(check_open());
  int64_t num_unwritten = 0;
  Tensor zeros;
  for (int64_t i = 0; i < elements_.size(); ++i) {
    if (!std::as_const(elements_)[i].written && ++num_unwritten > kMostUnwritten) {
      return resource_exhausted("TensorArray {}: Tried to read all of {} elements, of which more than {} have not been written",
                                options_.name, elements_.size(), kMostUnwritten);
    }
    ASSIGN_OR_RETURN(Tensor value, locked_read(i, &zeros));
    values->push_back(std::move(value));
  }
  return OkStatus();
}

StatusOr<int64_t> TensorArray::size() {
  std::lock_guard lock(mutex_);
  RETURN_IF_ERROR(check_open());
  return elements_.size();
}

Shape TensorArray::element_shape() {
  std::lock_guard lock(mutex_);
  return options_.element_shape;
}

void TensorArray::close() {
  std::lock_guard lock(mutex_);
  closed_ = true;
  elements_ = {};
  gradients_.clear();
}

StatusOr<std::shared_ptr<TensorArray>> TensorArray::gradient(const std::string& source, const Shape& prepended) {
  std::lock_guard lock(mutex_);
  RETURN_IF_ERROR(check_open());
  if (has_aggregated_) {
    return invalid_argument(
        "Unable to create a gradients TensorArray for {}.  Perhaps you used the multiple_writes_aggregate flag on a previous "
        "write?  Gradient calculation is impossible when multiple writes are performed to the same index.", options_.name);
  }
  std::shared_ptr<TensorArray>& gradient = gradients_[source];
  if (gradient) return gradient;
  const auto with_prefix = [&](const Shape& shape) {
    if (!shape.known_rank() || prepended.rank() == 0) return shape;
    Shape full = prepended;
    for (const int64_t d : shape.dims()) full.add_dim(d);
    return full;
  };
  Options options = options_;
  options.name += "@" + source;
  options.element_shape = with_prefix(options_.element_shape);
  options.dynamic_size = false;
  options.clear_after_read = true;
  options.aggregates = true;
  gradient = std::make_shared<TensorArray>(std::move(options), elements_.size());
  RETURN_IF_ERROR(elements_.for_each_used([&](int64_t i, const Element& element) {
    if (!element.written) return OkStatus();
    gradient->elements_[i].shape = with_prefix(element.shape);
    gradient->elements_[i].written = true;
    return OkStatus();
  }));
  return gradient;
}

namespace {

constexpr std::string_view kContainer = "_tensor_arrays";

StatusOr<op::ResourceManager*> arrays_of_run(op::KernelContext& c) {
  if (c.env().step_resources == nullptr) return internal_error("TensorArrays with string handles need a run of a session");
  return c.env().step_resources;
}

}  // namespace

Status give_array(op::KernelContext& c, std::shared_ptr<TensorArray> array) {
  if (base_type(c.node().output_type(0)) == DType::kResource) {
    ResourceHandle handle;
    handle.device = c.env().device->name();
    handle.container = kContainer;
    handle.name = array->name();
    handle.type_name = TensorArray::kTypeName;
    handle.resource = std::move(array);
    c.set_output(0, Tensor::scalar(std::move(handle)));
    return OkStatus();
  }
  ASSIGN_OR_RETURN(op::ResourceManager * arrays, arrays_of_run(c));
  Tensor handle = Tensor::vector<std::string>({std::string(kContainer), array->name()});
  const std::string name = array->name();
  const auto made = arrays->lookup_or_create<TensorArray>(
      kContainer, name, [&]() -> StatusOr<std::shared_ptr<TensorArray>> { return std::move(array); });
  RETURN_IF_ERROR(made.status());
  if (!is_ref(c.node().output_type(0))) {
    c.set_output(0, std::move(handle));
    return OkStatus();
  }
  const auto variable =
      arrays->lookup_or_create<op::Variable>(kContainer, name, [&]() -> StatusOr<std::shared_ptr<op::Variable>> {
        auto reference = std::make_shared<op::Variable>(DType::kString);
        reference->tensor = std::move(handle);
        return reference;
      });
  RETURN_IF_ERROR(variable.status());
  c.set_output_ref(0, variable->get());
  return OkStatus();
}

StatusOr<TensorArray*> tensor_array_of(op::KernelContext& c) {
  const Tensor& input = c.input(0);
  if (input.dtype() == DType::kString) {
    if (input.num_elements() != 2) {
      return invalid_argument("Tensor array handle must be 2-element vector, but had shape: {}", input.shape().str());
    }
    ASSIGN_OR_RETURN(op::ResourceManager * arrays, arrays_of_run(c));
    const std::span<const std::string> handle = input.flat<std::string>();
    ASSIGN_OR_RETURN(const auto array, arrays->lookup<TensorArray>(handle[0], handle[1]));
    return array.get();
  }
  if (input.num_elements() < 1) return invalid_argument("The handle of a TensorArray is empty");
  const ResourceHandle& handle = input.item<ResourceHandle>();
  if (handle.resource && handle.type_name == TensorArray::kTypeName) return static_cast<TensorArray*>(handle.resource.get());
  return not_found("Resource {}/{}/{} does not exist.", handle.container, handle.name, TensorArray::kTypeName);
}

Status check_read_type(const TensorArray& array, DType dtype) {
  if (array.dtype() == dtype) return OkStatus();
  return invalid_argument("TensorArray dtype is {} but Op requested dtype {}.", dtype_spec_name(array.dtype()),
                          dtype_spec_name(dtype));
}

Status check_written_type(const TensorArray& array, DType dtype) {
  if (array.dtype() == dtype) return OkStatus();
  return invalid_argument("TensorArray dtype is {} but Op is trying to write dtype {}.", dtype_spec_name(array.dtype()),
                          dtype_spec_name(dtype));
}

}  // namespace reflow::ops
