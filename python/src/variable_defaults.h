#pragma once

// What get_variable and variable scopes are given as functions of Python, and back: scope.initializer is the object that
// the program gave. All functions require the GIL.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "conversion.h"
#include "reflow/client/variable_scope.h"

namespace reflow::python {

using Constraint = std::function<Output(const Output&)>;

nb::object initializer_to_python(const Initializer& initializer);
nb::object regularizer_to_python(const Regularizer& regularizer);
Constraint constraint_from_python(nb::handle function);
nb::object constraint_to_python(const Constraint& constraint);
CustomGetter custom_getter_from_python(nb::handle function);
nb::object custom_getter_to_python(const CustomGetter& getter);
Partitioner partitioner_from_python(nb::handle function);
nb::object partitioner_to_python(const Partitioner& partitioner);

// tf.VariableSynchronization and tf.VariableAggregation.
template <typename Enum>
Enum enum_from_python(nb::handle object) {
  return static_cast<Enum>(nb::cast<int>(object.attr("value")));
}
nb::object synchronization_to_python(VariableSynchronization synchronization);
nb::object aggregation_to_python(VariableAggregation aggregation);

std::optional<std::vector<std::string>> collections_from_python(nb::handle keys);
// None, True, False, or tf.AUTO_REUSE, which is any other object.
std::optional<Reuse> reuse_from_python(nb::handle object);
nb::object reuse_to_python(const Reuse& reuse);

// The arguments of get_variable, by name; None is none.
GetVariableCall call_from_python(nb::handle shape, nb::dict arguments);
nb::dict call_to_python(const GetVariableCall& call);

}  // namespace reflow::python
