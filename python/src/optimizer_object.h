#pragma once

// The engine's side of a Python optimizer. The Python object owns an OptimizerObject; the engine calls what the object's
// class defines by TensorFlow's protected names (`_apply_dense`, `_create_slots`, ...), and the class that users derive
// from calls the OptimizerObject for what the engine does there. So a Python class may override any of them, call
// super(), and inherit from several classes. All functions require the GIL.

#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <string>
#include <utility>
#include <vector>

#include "casters.h"
#include "reference.h"
#include "reflow/train/optimizers.h"

namespace nanobind::detail {

template <>
struct type_caster<reflow::IndexedSlices> {
  NB_TYPE_CASTER(reflow::IndexedSlices, const_name("IndexedSlices"))
  bool from_python(handle src, uint32_t, cleanup_list*) {
    const reflow::Gradient gradient = reflow::python::gradient_from_python(src);
    if (gradient.is_slices()) value = gradient.slices();
    return gradient.is_slices();
  }
  static handle from_cpp(const reflow::IndexedSlices& v, rv_policy, cleanup_list*) {
    return reflow::python::gradient_to_python(v).release();
  }
};

}  // namespace nanobind::detail

namespace reflow::python {

// The Python object of an optimizer, which owns the C++ one: kept weakly.
class OptimizerSelf {
 public:
  explicit OptimizerSelf(nb::handle self) : weak_(nb::weakref(self).ptr()) {}
  nb::object get() const { return nb::handle(weak_.get())(); }
  template <typename Result, typename... Args>
  Result call(const char* method, const Args&... args) const {
    const nb::object result = get().attr(method)(args...);
    if constexpr (!std::is_void_v<Result>) return nb::cast<Result>(result);
  }

 private:
  Reference weak_;
};

// The functions of the engine's class, whatever overrides them.
class OptimizerObject {
 public:
  virtual ~OptimizerObject() = default;
  virtual train::Optimizer& optimizer() = 0;
  virtual void create_slots(const std::vector<Variable>& var_list) = 0;
  virtual void prepare() = 0;
  virtual Operation apply_dense(const Output& grad, const Variable& var) = 0;
  virtual Operation apply_sparse(const IndexedSlices& grad, const Variable& var) = 0;
  virtual Operation apply_sparse_duplicate_indices(const IndexedSlices& grad, const Variable& var) = 0;
  virtual Operation resource_apply_dense(const Output& grad, const Variable& var) = 0;
  virtual Operation resource_apply_sparse(const Output& grad, const Variable& var, const Output& indices) = 0;
  virtual Operation resource_apply_sparse_duplicate_indices(const Output& grad, const Variable& var,
                                                            const Output& indices) = 0;
  virtual Operation finish(const std::vector<Operation>& update_ops, const std::string& name_scope) = 0;
  virtual std::vector<DType> valid_dtypes() const = 0;
};

// An optimizer `Base` whose protected functions are those of the Python object. OptimizerObject comes first: nanobind frees
// the memory by the address of the class that it knows.
template <typename Base>
class Overridable final : public OptimizerObject, public Base {
 public:
  template <typename... Args>
  explicit Overridable(nb::handle self, Args&&... args) : Base(std::forward<Args>(args)...), self_(self) {}

  train::Optimizer& optimizer() override { return *this; }
  void create_slots(const std::vector<Variable>& var_list) override { Base::_create_slots(var_list); }
  void prepare() override { Base::_prepare(); }
  Operation apply_dense(const Output& grad, const Variable& var) override { return Base::_apply_dense(grad, var); }
  Operation apply_sparse(const IndexedSlices& grad, const Variable& var) override {
    return Base::_apply_sparse(grad, var);
  }
  Operation apply_sparse_duplicate_indices(const IndexedSlices& grad, const Variable& var) override {
    return Base::_apply_sparse_duplicate_indices(grad, var);
  }
  Operation resource_apply_dense(const Output& grad, const Variable& var) override {
    return Base::_resource_apply_dense(grad, var);
  }
  Operation resource_apply_sparse(const Output& grad, const Variable& var, const Output& indices) override {
    return Base::_resource_apply_sparse(grad, var, indices);
  }
  Operation resource_apply_sparse_duplicate_indices(const Output& grad, const Variable& var,
                                                    const Output& indices) override {
    return Base::_resource_apply_sparse_duplicate_indices(grad, var, indices);
  }
  Operation finish(const std::vector<Operation>& update_ops, const std::string& name_scope) override {
    return Base::_finish(update_ops, name_scope);
  }
  std::vector<DType> valid_dtypes() const override { return Base::_valid_dtypes(); }

 protected:
  void _create_slots(const std::vector<Variable>& var_list) override { self_.call<void>("_create_slots", var_list); }
  void _prepare() override { self_.call<void>("_prepare"); }
  Operation _apply_dense(const Output& grad, const Variable& var) override {
    return self_.call<Operation>("_apply_dense", grad, var);
  }
  Operation _apply_sparse(const IndexedSlices& grad, const Variable& var) override {
    return self_.call<Operation>("_apply_sparse", grad, var);
  }
  Operation _apply_sparse_duplicate_indices(const IndexedSlices& grad, const Variable& var) override {
    return self_.call<Operation>("_apply_sparse_duplicate_indices", grad, var);
  }
  Operation _resource_apply_dense(const Output& grad, const Variable& var) override {
    return self_.call<Operation>("_resource_apply_dense", grad, var);
  }
  Operation _resource_apply_sparse(const Output& grad, const Variable& var, const Output& indices) override {
    return self_.call<Operation>("_resource_apply_sparse", grad, var, indices);
  }
  Operation _resource_apply_sparse_duplicate_indices(const Output& grad, const Variable& var,
                                                     const Output& indices) override {
    return self_.call<Operation>("_resource_apply_sparse_duplicate_indices", grad, var, indices);
  }
  Operation _finish(const std::vector<Operation>& update_ops, const std::string& name_scope) override {
    return self_.call<Operation>("_finish", update_ops, name_scope);
  }
  std::vector<DType> _valid_dtypes() const override {
    std::vector<DType> dtypes;
    for (nb::handle dtype : self_.get().attr("_valid_dtypes")()) dtypes.push_back(dtype_from_python(dtype));
    return dtypes;
  }

 private:
  OptimizerSelf self_;
};

}  // namespace reflow::python
