#pragma once

// What each source of the extension adds to the module reflow._core.

#include <nanobind/nanobind.h>

namespace reflow::python {

namespace nb = nanobind;

void bind_eager(nb::module_& m);
void bind_errors(nb::module_& m);
void bind_traceback(nb::module_& m);
void bind_graph(nb::module_& m);
void bind_ops(nb::module_& m);
void bind_scopes(nb::module_& m);
void bind_session(nb::module_& m);
void bind_variables(nb::module_& m);
void bind_variable_scopes(nb::module_& m);
void bind_gradients(nb::module_& m);
void bind_control_flow(nb::module_& m);
void bind_defun(nb::module_& m);
void bind_initializers(nb::module_& m);
void bind_loops(nb::module_& m);
void bind_script(nb::module_& m);
void bind_array_functions(nb::module_& m);
void bind_math_functions(nb::module_& m);
void bind_nn_functions(nb::module_& m);
void bind_check_functions(nb::module_& m);
void bind_composed_functions(nb::module_& m);
void bind_loss_functions(nb::module_& m);
void bind_metric_functions(nb::module_& m);
void bind_custom_gradients(nb::module_& m);
void bind_partitioned_variables(nb::module_& m);
void bind_variable_scatters(nb::module_& m);
void bind_variable_creators(nb::module_& m);
void bind_optimizers(nb::module_& m);
void bind_checkpoint(nb::module_& m);
void bind_saver(nb::module_& m);
void bind_training(nb::module_& m);
void bind_transforms(nb::module_& m);
void bind_records(nb::module_& m);
void bind_summaries(nb::module_& m);

}  // namespace reflow::python
