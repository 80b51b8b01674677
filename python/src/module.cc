#include "array.h"
#include "bfloat16.h"
#include "bindings.h"
#include "context_objects.h"
#include "data.h"
#include "eager_calls.h"
#include "gil.h"
#include "graph_objects.h"
#include "hdf5.h"
#include "reflow/base/version.h"
#include "server.h"
#include "variable_objects.h"

NB_MODULE(_core, m) {
  using namespace reflow::python;

  nb::set_leak_warnings(false);  // graphs live until the interpreter ends
  import_numpy();
  bind_bfloat16(m);
  m.attr("__version__") = nb::str(reflow::version().data(), reflow::version().size());
  bind_errors(m);
  bind_graph_objects(m);
  bind_variable_objects(m);
  bind_context_objects(m);
  bind_traceback(m);
  bind_eager(m);
  bind_graph(m);
  bind_ops(m);
  bind_scopes(m);
  bind_session(m);
  bind_server(m);
  bind_variables(m);
  bind_variable_scopes(m);
  bind_gradients(m);
  bind_control_flow(m);
  bind_defun(m);
  bind_data(m);
  bind_initializers(m);
  bind_loops(m);
  bind_script(m);
  bind_array_functions(m);
  bind_math_functions(m);
  bind_nn_functions(m);
  bind_check_functions(m);
  bind_composed_functions(m);
  bind_loss_functions(m);
  bind_metric_functions(m);
  bind_custom_gradients(m);
  bind_partitioned_variables(m);
  bind_variable_scatters(m);
  bind_variable_creators(m);
  bind_optimizers(m);
  bind_checkpoint(m);
  bind_saver(m);
  bind_training(m);
  bind_transforms(m);
  bind_records(m);
  bind_hdf5(m);
  bind_summaries(m);

  end_with_threads_in_the_engine();
  hold_results_of_calls(m);  // the last: of all that is registered
}
