// The ops that make an ensemble of trees, and give and take what it is.

#include <algorithm>
#include <memory>
#include <mutex>

#include "tree_ensemble.h"
#include "reflow/op/named_resource.h"
#include "reflow/op/shape_checks.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

class CreateEnsemble : public Kernel {
 public:
  explicit CreateEnsemble(KernelInit&) {}
  Status compute(KernelContext& c) override {
    RETURN_IF_ERROR(check_input_shapes(c));
    ASSIGN_OR_RETURN(TreeEnsemble ensemble, TreeEnsemble::parse(c.input(2).item<std::string>()));
    return create_resource(c, std::make_shared<TreeEnsembleResource>(c.input(1).item<int64_t>(), std::move(ensemble)));
  }
};

class DeserializeEnsemble : public Kernel {
 public:
  explicit DeserializeEnsemble(KernelInit&) {}
  Status compute(KernelContext& c) override {
    RETURN_IF_ERROR(check_input_shapes(c));
    ASSIGN_OR_RETURN(const std::shared_ptr<TreeEnsembleResource> resource, resource_at<TreeEnsembleResource>(c, 0));
    ASSIGN_OR_RETURN(TreeEnsemble ensemble, TreeEnsemble::parse(c.input(2).item<std::string>()));
    const std::unique_lock lock(resource->mutex);
    resource->stamp = c.input(1).item<int64_t>();
    resource->ensemble = std::move(ensemble);
    return OkStatus();
  }
};

class SerializeEnsemble : public Kernel {
 public:
  explicit SerializeEnsemble(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<TreeEnsembleResource> resource, resource_at<TreeEnsembleResource>(c, 0));
    const std::shared_lock lock(resource->mutex);
    *c.output(0).data<int64_t>() = resource->stamp;
    *c.output(1).data<std::string>() = resource->ensemble.serialize();
    return OkStatus();
  }
};

class GetEnsembleStates : public Kernel {
 public:
  explicit GetEnsembleStates(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<TreeEnsembleResource> resource, resource_at<TreeEnsembleResource>(c, 0));
    const std::shared_lock lock(resource->mutex);
    const TreeEnsemble& ensemble = resource->ensemble;
    *c.output(0).data<int64_t>() = resource->stamp;
    *c.output(1).data<int32_t>() = static_cast<int32_t>(ensemble.trees().size());
    *c.output(2).data<int32_t>() = ensemble.num_finalized_trees();
    *c.output(3).data<int32_t>() = static_cast<int32_t>(ensemble.num_layers_attempted());
    c.output(4).data<int32_t>()[0] = ensemble.last_layer_begin();
    c.output(4).data<int32_t>()[1] = std::max(1, ensemble.last_layer_end());  // the root, where there is no tree yet
    return OkStatus();
  }
};

Status states_shape(ShapeContext& c) {
  RETURN_IF_ERROR(all_scalars(c));
  c.set_output(4, Shape{2});
  return OkStatus();
}

REFLOW_OP("BoostedTreesEnsembleResourceHandleOp")
    .output("resource: resource")
    .attr("container: string = ''")
    .attr("shared_name: string = ''")
    .stateful()
    .doc("A handle to an ensemble of trees, which BoostedTreesCreateEnsemble makes.")
    .shape(scalar_shape)
    .kernel<NamedHandle<TreeEnsembleResource>>(kCpu)
    .sets_outputs();

REFLOW_OP("IsBoostedTreesEnsembleInitialized")
    .input("tree_ensemble_handle: resource")
    .output("is_initialized: bool")
    .stateful()
    .doc("Tells whether the ensemble has been made.")
    .shape(all_scalars)
    .kernel<IsThere<TreeEnsembleResource>>(kCpu);

REFLOW_OP("BoostedTreesCreateEnsemble")
    .input("tree_ensemble_handle: resource")
    .input("stamp_token: int64")
    .input("tree_ensemble_serialized: string")
    .stateful()
    .doc("Makes an ensemble with a stamp from a serialized TreeEnsemble, \"\" being one without trees. Does nothing where there "
         "is one already.")
    .shape(all_scalars)
    .kernel<CreateEnsemble>(kCpu);

REFLOW_OP("BoostedTreesDeserializeEnsemble")
    .input("tree_ensemble_handle: resource")
    .input("stamp_token: int64")
    .input("tree_ensemble_serialized: string")
    .stateful()
    .doc("Makes the ensemble what a serialized TreeEnsemble says.")
    .shape(all_scalars)
    .kernel<DeserializeEnsemble>(kCpu);

REFLOW_OP("BoostedTreesSerializeEnsemble")
    .input("tree_ensemble_handle: resource")
    .output("stamp_token: int64")
    .output("tree_ensemble_serialized: string")
    .stateful()
    .doc("The stamp and the trees of the ensemble, as a TreeEnsemble.")
    .shape(all_scalars)
    .kernel<SerializeEnsemble>(kCpu);

REFLOW_OP("BoostedTreesGetEnsembleStates")
    .input("tree_ensemble_handle: resource")
    .output("stamp_token: int64")
    .output("num_trees: int32")
    .output("num_finalized_trees: int32")
    .output("num_attempted_layers: int32")
    .output("last_layer_nodes_range: int32")
    .stateful()
    .doc("How far the ensemble has been grown: its stamp, which each change counts on, its trees, those that are finished, layers "
         "that were tried, and the nodes that are to be split next, from the first up to the second number.")
    .shape(states_shape)
    .kernel<GetEnsembleStates>(kCpu);

}  // namespace
}  // namespace reflow::ops
