// What training adds to a graph besides optimizers: rates that decay, moving averages, slots, penalties on weights.

#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>

#include <map>
#include <optional>

#include "bindings.h"
#include "eager_calls.h"
#include "functions.h"
#include "reference.h"
#include "reflow/contrib/layers/regularizers.h"
#include "reflow/train/learning_rate_decay.h"
#include "reflow/train/moving_averages.h"
#include "reflow/train/slot_creator.h"

namespace reflow::python {
namespace {

using train::ExponentialMovingAverage;

using Decay = Output (*)(const TensorLike&, const TensorLike&, const TensorLike&, const TensorLike&,
                         const train::DecayOptions&);

void def_decay(nb::module_& m, const char* name, Decay decay) {
  m.def(name, [decay](TensorLike rate, TensorLike step, TensorLike steps, TensorLike decay_rate, bool staircase,
                      nb::handle op_name) {
    return decay(rate, step, steps, decay_rate, {.staircase = staircase, .name = name_from_python(op_name)});
  }, nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg().none());
}

void bind_decays(nb::module_& m) {
  def_decay(m, "exponential_decay", train::exponential_decay);
  def_decay(m, "natural_exp_decay", train::natural_exp_decay);
  def_decay(m, "inverse_time_decay", train::inverse_time_decay);
  m.def("piecewise_constant", [](TensorLike x, nb::handle boundaries, nb::handle values, nb::handle name) {
    return train::piecewise_constant(x, list_from_python(boundaries), list_from_python(values),
                                     {name_from_python(name)});
  }, nb::arg(), nb::arg(), nb::arg(), nb::arg().none());
  m.def("polynomial_decay", [](TensorLike rate, TensorLike step, TensorLike steps, TensorLike end, TensorLike power,
                               bool cycle, nb::handle name) {
    return train::polynomial_decay(rate, step, steps, {.end_learning_rate = end, .power = power, .cycle = cycle,
                                                       .name = name_from_python(name)});
  }, nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg().none());
  m.def("cosine_decay", [](TensorLike rate, TensorLike step, TensorLike steps, double alpha, nb::handle name) {
    return train::cosine_decay(rate, step, steps, {.alpha = alpha, .name = name_from_python(name)});
  }, nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg().none());
  m.def("cosine_decay_restarts", [](TensorLike rate, TensorLike step, TensorLike first_steps, TensorLike t_mul,
                                    TensorLike m_mul, TensorLike alpha, nb::handle name) {
    return train::cosine_decay_restarts(rate, step, first_steps, {.t_mul = t_mul, .m_mul = m_mul, .alpha = alpha,
                                                                  .name = name_from_python(name)});
  }, nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg().none());
  m.def("linear_cosine_decay", [](TensorLike rate, TensorLike step, TensorLike steps, TensorLike num_periods,
                                  TensorLike alpha, TensorLike beta, nb::handle name) {
    return train::linear_cosine_decay(rate, step, steps, {.num_periods = num_periods, .alpha = alpha, .beta = beta,
                                                          .name = name_from_python(name)});
  }, nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg().none());
  m.def("noisy_linear_cosine_decay", [](TensorLike rate, TensorLike step, TensorLike steps, TensorLike variance,
                                        TensorLike variance_decay, TensorLike num_periods, TensorLike alpha,
                                        TensorLike beta, nb::handle name) {
    return train::noisy_linear_cosine_decay(
        rate, step, steps, {.initial_variance = variance, .variance_decay = variance_decay, .num_periods = num_periods,
                            .alpha = alpha, .beta = beta, .name = name_from_python(name)});
  }, nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg().none());
}

// Calls `function` with the variable or the tensor that the object is.
template <typename Function>
auto with_averaged(nb::handle object, Function function) {
  const Variable* variable = as_variable(object.ptr());
  return variable ? function(*variable) : function(output_from_python(object));
}

void bind_averages(nb::module_& m) {
  m.def("assign_moving_average", [](Variable variable, TensorLike value, TensorLike decay, bool zero_debias,
                                    nb::handle name) {
    return train::assign_moving_average(variable, value, decay,
                                        {.zero_debias = zero_debias, .name = name_from_python(name)});
  }, nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg().none());
  nb::class_<ExponentialMovingAverage> cls(m, "ExponentialMovingAverage");
  cls.def("__init__", [](ExponentialMovingAverage* self, TensorLike decay, TensorLike num_updates, bool zero_debias,
                         const std::string& name) {
    new (self) ExponentialMovingAverage(
        decay, train::ExponentialMovingAverageOptions{.num_updates = num_updates, .zero_debias = zero_debias, .name = name});
  }, nb::arg(), nb::arg().none(), nb::arg(), nb::arg());
  cls.def("apply", [](ExponentialMovingAverage& self, nb::handle var_list) {
    return self.apply_to_each(list_from_python(var_list));
  });
  cls.def("average", [](ExponentialMovingAverage& self, nb::handle of) -> nb::object {
    const std::optional<Variable> shadow = with_averaged(of, [&](const auto& x) { return self.average(x); });
    return shadow ? variable_object(*shadow) : nb::none();
  });
  cls.def("average_name", [](ExponentialMovingAverage& self, nb::handle of) {
    return with_averaged(of, [&](const auto& x) { return self.average_name(x); });
  });
  cls.def("variables_to_restore", [](ExponentialMovingAverage& self, const std::optional<std::vector<Variable>>& averaged) {
    return self.variables_to_restore(averaged);
  }, nb::arg().none());
}

void bind_slots(nb::module_& m) {
  m.def("create_slot", [](Variable primary, const Output& val, const std::string& name) {
    return train::create_slot(primary, val, name);
  });
  m.def("create_slot_with_initializer", [](Variable primary, const Initializer& initializer, const Shape& shape,
                                           DType dtype, const std::string& name) {
    return train::create_slot_with_initializer(primary, initializer, shape, dtype, name);
  });
  m.def("create_zeros_slot", [](nb::handle primary, const std::string& name, bool colocate) {
    if (const Variable* variable = as_variable(primary.ptr())) return train::create_zeros_slot(*variable, name);
    return train::create_zeros_slot(output_from_python(primary), name, colocate);
  });
}

// `scale` is what the regularizer may hold: a tensor that has its value lives as long as its object.
nb::object regularizer_object(Regularizer regularizer, nb::handle scale = nb::none()) {
  if (!regularizer) return nb::none();
  return held_by_call(
      nb::cpp_function([regularizer = std::move(regularizer), scale = Reference(scale.ptr())](TensorLike weights) {
        return regularizer(weights);
      }));
}

using OfNumber = Regularizer (*)(double, const std::string&);
using OfTensor = Regularizer (*)(const Output&, const std::string&);

// A function of weights, which gives their penalty or None.
void def_regularizer(nb::module_& m, const char* name, OfNumber of_number, OfTensor of_tensor) {
  m.def(name, [of_number, of_tensor](nb::handle scale, nb::handle scope) {
    const std::string scope_name = string_from_python(scope);
    if (PyFloat_Check(scale.ptr())) return regularizer_object(of_number(PyFloat_AS_DOUBLE(scale.ptr()), scope_name));
    return regularizer_object(of_tensor(output_from_python(scale), scope_name), scale);
  }, nb::arg(), nb::arg().none());
}

void bind_regularizers(nb::module_& m) {
  namespace layers = contrib::layers;
  def_regularizer(m, "l1_regularizer", layers::l1_regularizer, layers::l1_regularizer);
  def_regularizer(m, "l2_regularizer", layers::l2_regularizer, layers::l2_regularizer);
  m.def("sum_regularizer", [](nb::handle regularizers, nb::handle scope) {
    std::vector<Regularizer> parts;
    for (nb::handle regularizer : regularizers) parts.push_back(regularizer_from_python(regularizer));
    return regularizer_object(layers::sum_regularizer(parts, string_from_python(scope)));
  }, nb::arg(), nb::arg().none());
  m.def("apply_regularization", [](nb::handle regularizer, nb::handle weights) {
    return layers::apply_regularization(regularizer_from_python(regularizer), list_from_python(weights));
  });
}

}  // namespace

void bind_training(nb::module_& m) {
  bind_decays(m);
  bind_averages(m);
  bind_slots(m);
  bind_regularizers(m);
}

}  // namespace reflow::python
