// The optimizers of tf.train. training/optimizer.py and its neighbours have their classes.

#include "bindings.h"
#include "optimizer_object.h"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/unique_ptr.h>

#include <memory>

namespace reflow::python {
namespace {

using train::Hyperparameter;
using train::Optimizer;
using OwnedOptimizer = std::unique_ptr<OptimizerObject>;

// The hyperparameter that is the attribute `name` of the Python object: a number, a tensor, a variable, or a function
// that gives one. The tensor that it becomes in an update is the attribute `tensor_name`.
Hyperparameter hyper(nb::handle self, const char* name, const std::string& tensor_name) {
  const OptimizerSelf object(self);
  Hyperparameter result([object, name]() -> TensorLike {
    nb::object value = object.get().attr(name);
    if (PyCallable_Check(value.ptr()) && !as_output(value.ptr()) && !as_variable(value.ptr())) value = value();
    return tensor_like_from_python(value);
  });
  result.became_tensor = [object, tensor_name](const Output& tensor) {
    object.get().attr(tensor_name.c_str()) = tensor_object(tensor);
  };
  return result;
}

Hyperparameter hyper(nb::handle self, const char* name) { return hyper(self, name, std::string(name) + "_tensor"); }

template <typename Kind, typename... Args>
OwnedOptimizer make(nb::handle self, Args&&... args) {
  return std::make_unique<Overridable<Kind>>(self, std::forward<Args>(args)...);
}

double number(nb::handle self, const char* name) { return nb::cast<double>(nb::float_(nb::object(self.attr(name)))); }

// The optimizers read their arguments from attributes of the Python object, which have TensorFlow's names.
void bind_kinds(nb::module_& m) {
  using namespace train;
  using nb::handle;
  using std::string;
  m.def("make_optimizer", [](handle self, bool use_locking, const string& name) {
    return make<Optimizer>(self, use_locking, name);
  });
  m.def("make_gradient_descent", [](handle self, bool use_locking, const string& name) {
    return make<GradientDescentOptimizer>(self, hyper(self, "_learning_rate"),
                                          GradientDescentOptions{.use_locking = use_locking, .name = name});
  });
  m.def("make_momentum", [](handle self, bool use_locking, const string& name) {
    return make<MomentumOptimizer>(
        self, hyper(self, "_learning_rate"), hyper(self, "_momentum"),
        MomentumOptions{.use_locking = use_locking, .name = name, .use_nesterov = nb::cast<bool>(self.attr("_use_nesterov"))});
  });
  m.def("make_adagrad", [](handle self, bool use_locking, const string& name) {
    return make<AdagradOptimizer>(
        self, hyper(self, "_learning_rate"),
        AdagradOptions{.initial_accumulator_value = number(self, "_initial_accumulator_value"),
                       .use_locking = use_locking, .name = name});
  });
  m.def("make_adagrad_da", [](handle self, bool use_locking, const string& name) {
    return make<AdagradDAOptimizer>(
        self, hyper(self, "_learning_rate"), nb::cast<Variable>(self.attr("_global_step")),
        AdagradDAOptions{
            .initial_gradient_squared_accumulator_value = number(self, "_initial_gradient_squared_accumulator_value"),
            .l1_regularization_strength = number(self, "_l1_regularization_strength"),
            .l2_regularization_strength = number(self, "_l2_regularization_strength"),
            .use_locking = use_locking, .name = name});
  });
  m.def("make_adadelta", [](handle self, bool use_locking, const string& name) {
    return make<AdadeltaOptimizer>(self, hyper(self, "_lr", "_lr_t"),
                                   AdadeltaOptions{.rho = hyper(self, "_rho", "_rho_t"),
                                                   .epsilon = hyper(self, "_epsilon", "_epsilon_t"),
                                                   .use_locking = use_locking, .name = name});
  });
  m.def("make_adam", [](handle self, bool use_locking, const string& name) {
    return make<AdamOptimizer>(self, hyper(self, "_lr", "_lr_t"),
                               AdamOptions{.beta1 = hyper(self, "_beta1", "_beta1_t"),
                                           .beta2 = hyper(self, "_beta2", "_beta2_t"),
                                           .epsilon = hyper(self, "_epsilon", "_epsilon_t"),
                                           .use_locking = use_locking, .name = name});
  });
  m.def("make_rmsprop", [](handle self, bool use_locking, const string& name) {
    return make<RMSPropOptimizer>(
        self, hyper(self, "_learning_rate"),
        RMSPropOptions{.decay = hyper(self, "_decay"), .momentum = hyper(self, "_momentum"),
                       .epsilon = hyper(self, "_epsilon"), .use_locking = use_locking,
                       .centered = nb::cast<bool>(self.attr("_centered")), .name = name});
  });
  m.def("make_ftrl", [](handle self, bool use_locking, const string& name) {
    return make<FtrlOptimizer>(
        self, hyper(self, "_learning_rate"),
        FtrlOptions{
            .learning_rate_power = number(self, "_learning_rate_power"),
            .initial_accumulator_value = number(self, "_initial_accumulator_value"),
            .l1_regularization_strength = number(self, "_l1_regularization_strength"),
            .l2_regularization_strength = number(self, "_l2_regularization_strength"),
            .use_locking = use_locking, .name = name,
            .accum_name = string_from_python(nb::object(self.attr("_accum_name"))),
            .linear_name = string_from_python(nb::object(self.attr("_linear_name"))),
            .l2_shrinkage_regularization_strength = number(self, "_l2_shrinkage_regularization_strength")});
  });
  m.def("make_proximal_gradient_descent", [](handle self, bool use_locking, const string& name) {
    return make<ProximalGradientDescentOptimizer>(
        self, hyper(self, "_learning_rate"),
        ProximalGradientDescentOptions{
            .l1_regularization_strength = hyper(self, "_l1_regularization_strength"),
            .l2_regularization_strength = hyper(self, "_l2_regularization_strength"),
            .use_locking = use_locking, .name = name});
  });
  m.def("make_proximal_adagrad", [](handle self, bool use_locking, const string& name) {
    return make<ProximalAdagradOptimizer>(
        self, hyper(self, "_learning_rate"),
        ProximalAdagradOptions{.initial_accumulator_value = number(self, "_initial_accumulator_value"),
                               .l1_regularization_strength = hyper(self, "_l1_regularization_strength"),
                               .l2_regularization_strength = hyper(self, "_l2_regularization_strength"),
                               .use_locking = use_locking, .name = name});
  });
}

nb::list compute_gradients(OptimizerObject& self, const Output& loss, const std::optional<std::vector<Variable>>& var_list,
                           int gate_gradients, int aggregation_method, bool colocate, const Gradient& grad_loss) {
  nb::list pairs;
  for (const train::GradientAndVariable& pair : self.optimizer().compute_gradients(
           loss, {.var_list = var_list, .gate_gradients = static_cast<train::GateGradients>(gate_gradients),
                  .aggregation_method = static_cast<AggregationMethod>(aggregation_method),
                  .colocate_gradients_with_ops = colocate, .grad_loss = grad_loss})) {
    pairs.append(nb::make_tuple(gradient_to_python(pair.gradient), variable_object(pair.variable)));
  }
  return pairs;
}

Operation apply_gradients(OptimizerObject& self, const std::vector<std::pair<nb::object, nb::object>>& grads_and_vars,
                          const std::optional<Variable>& global_step, nb::handle name) {
  std::vector<train::GradientAndVariable> pairs;
  for (const auto& [gradient, variable] : grads_and_vars) {
    pairs.push_back({gradient_from_python(gradient), nb::cast<Variable>(variable)});
  }
  return self.optimizer().apply_gradients(pairs, {.global_step = global_step, .name = name_from_python(name)});
}

// Names the protected functions that make slots: a pointer to each is one of Optimizer's.
struct SlotFunctions : Optimizer {
  using Optimizer::_create_non_slot_variable;
  using Optimizer::_get_non_slot_variable;
  using Optimizer::_get_or_make_slot;
  using Optimizer::_get_or_make_slot_with_initializer;
  using Optimizer::_zeros_slot;
  using Optimizer::named_non_slot_variables;
};

void def_slots(nb::class_<OptimizerObject>& cls) {
  using std::string;
  cls.def("get_slot", [](OptimizerObject& self, const Variable& var, const string& name) -> nb::object {
    const std::optional<Variable> slot = self.optimizer().get_slot(var, name);
    return slot ? variable_object(*slot) : nb::none();
  });
  cls.def("get_slot_names", [](OptimizerObject& self) { return self.optimizer().get_slot_names(); });
  cls.def("variables", [](OptimizerObject& self) { return self.optimizer().variables(); });
  cls.def("zeros_slot", [](OptimizerObject& self, const Variable& var, const string& slot, const string& op) {
    return (self.optimizer().*&SlotFunctions::_zeros_slot)(var, slot, op);
  });
  cls.def("get_or_make_slot", [](OptimizerObject& self, const Variable& var, const Output& val, const string& slot,
                                 const string& op) {
    return (self.optimizer().*&SlotFunctions::_get_or_make_slot)(var, val, slot, op);
  });
  cls.def("get_or_make_slot_with_initializer",
          [](OptimizerObject& self, const Variable& var, const Initializer& initializer, const Shape& shape, DType dtype,
             const string& slot, const string& op) {
            return (self.optimizer().*&SlotFunctions::_get_or_make_slot_with_initializer)(var, initializer, shape, dtype,
                                                                                          slot, op);
          });
  cls.def("create_non_slot_variable",
          [](OptimizerObject& self, const TensorLike& initial_value, const string& name, const Variable& colocate_with) {
            return (self.optimizer().*&SlotFunctions::_create_non_slot_variable)(initial_value, name, colocate_with);
          });
  cls.def("non_slot_variables", [](OptimizerObject& self) {
    return (self.optimizer().*&SlotFunctions::named_non_slot_variables)();
  });
  cls.def("get_non_slot_variable", [](OptimizerObject& self, const string& name) {
    return (self.optimizer().*&SlotFunctions::_get_non_slot_variable)(name);
  });
}

}  // namespace

void bind_optimizers(nb::module_& m) {
  nb::class_<OptimizerObject> cls(m, "OptimizerObject");
  cls.def("compute_gradients", compute_gradients, nb::arg("loss"), nb::arg("var_list").none(),
          nb::arg("gate_gradients"), nb::arg("aggregation_method"), nb::arg("colocate"), nb::arg("grad_loss").none());
  cls.def("apply_gradients", apply_gradients, nb::arg("grads_and_vars"), nb::arg("global_step").none(),
          nb::arg("name").none());
  cls.def("create_slots", &OptimizerObject::create_slots);
  cls.def("prepare", &OptimizerObject::prepare);
  cls.def("apply_dense", &OptimizerObject::apply_dense);
  cls.def("apply_sparse", &OptimizerObject::apply_sparse);
  cls.def("apply_sparse_duplicate_indices", &OptimizerObject::apply_sparse_duplicate_indices);
  cls.def("resource_apply_dense", &OptimizerObject::resource_apply_dense);
  cls.def("resource_apply_sparse", &OptimizerObject::resource_apply_sparse);
  cls.def("resource_apply_sparse_duplicate_indices", &OptimizerObject::resource_apply_sparse_duplicate_indices);
  cls.def("finish", &OptimizerObject::finish);
  cls.def("valid_dtypes", &OptimizerObject::valid_dtypes);
  def_slots(cls);
  bind_kinds(m);
}

}  // namespace reflow::python
