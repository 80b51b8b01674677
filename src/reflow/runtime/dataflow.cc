#include <algorithm>
#include <memory>
#include <utility>

#include "reflow/base/logging.h"
#include "reflow/runtime/async_kernels.h"
#include "reflow/runtime/compute.h"
#include "reflow/runtime/executor.h"
#include "reflow/runtime/loop_frame.h"
#include "reflow/runtime/ready_queue.h"
#include "reflow/runtime/schedule.h"
#include "reflow/runtime/scheduled_run.h"
#include "reflow/runtime/tracer.h"

namespace reflow::runtime {
namespace {

using op::ControlKind;
using op::Value;
using Arrival = Iteration::Arrival;

// Instructions with this many pending inputs have been started: Merge, which doesn't wait for all of them.
constexpr int32_t kStarted = -(1 << 30);

// One run of a plan. Instructions run one after the other on the caller's thread, as their inputs arrive; those that may
// wait run beside it, and end on it.
class DataflowRun {
 public:
  // `scheduled` runs the loops that have a schedule; null: all go by their dataflow.
  DataflowRun(const Program& program, Frame& frame, const RunControl& control, RunMetadata* metadata, ScheduledRun* scheduled)
      : scheduled_(scheduled), plan_(program.plan()), info_(*plan_.control_flow), frame_(frame), control_(control),
        tracer_(plan_, metadata), root_(0, "", info_.frames[0]), inputs_(info_.max_inputs), unused_(info_.frames.size()),
        async_(plan_, control) {
    frame_.memos.resize(plan_.instructions.size());
  }

  Status run() {
    begin_iteration(root_);
    Iteration& root = *root_.iterations.front();
    for (size_t i = 0; i < plan_.instructions.size(); ++i) {
      const ControlFlowInfo::Instr& info = info_.instructions[i];
      const bool is_source = plan_.instructions[i].num_inputs == 0 && info.frame == 0 && root.nodes[info.local].pending == 0;
      if (is_source) make_ready({static_cast<int>(i), &root_, &root, false});
    }
    loop();
    if (status_.ok()) status_ = std::move(stopped_);
    if (status_.ok()) status_ = collect_fetches();
    return status_;
  }

 private:
  const ControlFlowInfo::StaticFrame& static_frame(const LoopFrame& f) const { return info_.frames[f.static_frame]; }

  void loop() {
    constexpr int kTasksBetweenChecks = 64;
    int until_check = 1;
    while (true) {
      if (!async_.empty()) take_up_finished();
      if (!ending() && --until_check == 0) {
        check_control();
        until_check = kTasksBetweenChecks;
      }
      if (ending()) ready_.clear();
      if (ready_.empty()) {
        if (async_.empty()) return;
        wait();
        continue;
      }
      execute(ready_.pop());
    }
  }

  // Nothing new is begun; the asynchronous kernels that run are waited for.
  bool ending() const { return !status_.ok() || !stopped_.ok(); }

  void check_control() {
    Status status = control_.check();
    if (status.ok()) return;
    if (status.code() == StatusCode::kDeadlineExceeded) {
      if (!async_.empty()) log_warning("A run timed out waiting for {}", async_.describe());
      return fail(std::move(status));
    }
    // The kernels that wait say what was cancelled; else this does.
    stopped_ = std::move(status);
    end_kernels();
  }

  // Until an asynchronous kernel has ended, or the run is to.
  void wait() {
    const bool in_time = async_.wait(ending());
    if (!ending()) check_control();
    if (!in_time && !ending()) log_debug(1, "A run has been waiting for a minute for {}", async_.describe());
  }

  // Propagates the outputs of the asynchronous kernels that have ended.
  void take_up_finished() {
    for (auto& activity : async_.take_finished()) {
      if (ending() && activity->status.ok()) continue;
      if (tracer_.on() && activity->status.ok()) trace(activity->begin, activity->task, *activity->context);
      complete(activity->task, activity->status, activity->context->dead_outputs());
    }
  }

  void fail(Status status) {
    if (!status_.ok()) return;
    status_ = std::move(status);
    end_kernels();
  }

  void end_kernels() {
    frame_.cancellation.cancel();
    frame_.spoiled = true;
  }

  void make_ready(const Task& task) {
    ++task.iteration->outstanding;
    ready_.push(task);
  }

  // ---- execution of one instruction

  void execute(const Task& task) {
    const ControlFlowInfo::Instr& info = info_.instructions[task.instruction];
    if (task.dead && !info.takes_dead_inputs) return execute_dead(task, info);
    if (info.kind != ControlKind::kNone) {
      if (const Status status = trace_control(task, info); !status.ok()) {
        return fail(at_node(status, *plan_.instructions[task.instruction].node));
      }
      return end(task);
    }
    const Instruction& in = plan_.instructions[task.instruction];
    Iteration& iteration = *task.iteration;
    if (in.kernel == nullptr) {  // a feed: its value lies in the caller's slot
      iteration.values[info.first_value] = frame_.values[in.first_output];
      publish(*task.frame, iteration, task.instruction, 0, false);
      return end(task);
    }
    const uint64_t dying = gather_inputs(task, in, inputs_.data());
    if (in.kernel->is_async() || in.traits->blocking) return start_async(task, in, info, dying);
    op::KernelContext context(&frame_.envs[in.device], in.node, inputs_.data(), in.num_inputs,
                              iteration.values.data() + info.first_value, in.num_outputs);
    context.frame_id = static_cast<int64_t>(task.frame->id);
    context.iteration = iteration.number;
    context.set_input_dead(task.dead);
    bool done;
    Status status = prepare(in, context, dying, task.instruction, &done);
    if (status.ok()) [[likely]] {
      Tracer::Begin begin;
      if (tracer_.on()) [[unlikely]] begin = Tracer::begin();
      if (!done) status = compute(*in.kernel, context);
      if (tracer_.on() && status.ok()) [[unlikely]] trace(begin, task, context);
    }
    complete(task, status, context.dead_outputs());
  }

  void trace(const Tracer::Begin& begin, const Task& task, const op::KernelContext& context) {
    const int first = info_.instructions[task.instruction].first_value;
    const size_t n = static_cast<size_t>(plan_.instructions[task.instruction].num_outputs);
    tracer_.end(begin, task.instruction, context, {task.iteration->values.data() + first, n});
  }

  // Fills `inputs`; bit i of the result says that nobody else reads input i.
  uint64_t gather_inputs(const Task& task, const Instruction& in, Value** inputs) const {
    Iteration& iteration = *task.iteration;
    const int32_t* const values = info_.input_values.data() + in.first_input;
    uint64_t dying = 0;
    for (int j = 0; j < in.num_inputs; ++j) {
      if (values[j] < 0) {
        inputs[j] = &task.frame->constants[~values[j]];
        continue;
      }
      inputs[j] = &iteration.values[values[j]];
      if (j < 64 && iteration.slots[values[j]].readers_left == 1) dying |= uint64_t{1} << j;
    }
    return dying;
  }

  Status prepare(const Instruction& in, op::KernelContext& context, uint64_t dying, int instruction, bool* done) {
    *done = false;
    for (int j = 0; in.dereferences && j < in.num_inputs; ++j) {
      const Value* input = context.input_value(j);
      if (input->ref != nullptr && !input->ref->tensor.valid()) return uninitialized(in, j);
    }
    if (in.traits->sets_outputs) return OkStatus();
    return prepare_outputs(plan_, in, context, dying, frame_.memos[instruction], done);
  }

  void start_async(const Task& task, const Instruction& in, const ControlFlowInfo::Instr& info, uint64_t dying) {
    auto activity = std::make_unique<Activity>();
    activity->task = task;
    activity->inputs.assign(inputs_.begin(), inputs_.begin() + in.num_inputs);
    activity->context = std::make_unique<op::KernelContext>(
        &frame_.envs[in.device], in.node, activity->inputs.data(), in.num_inputs,
        task.iteration->values.data() + info.first_value, in.num_outputs);
    activity->context->frame_id = static_cast<int64_t>(task.frame->id);
    activity->context->iteration = task.iteration->number;
    bool done;  // never: these aren't among the ops that have parts
    if (const Status status = prepare(in, *activity->context, dying, task.instruction, &done); !status.ok()) {
      return complete(task, status, 0);
    }
    if (tracer_.on()) activity->begin = Tracer::begin();
    async_.start(std::move(activity));
  }

  void complete(const Task& task, const Status& status, uint64_t dead_outputs) {
    if (!status.ok()) [[unlikely]] {
      return fail(at_instruction(plan_, plan_.instructions[task.instruction], status));
    }
    consume_inputs(task);
    // What waits for a _Recv that has got a dead value isn't executed, as what waits for the value's source isn't.
    const bool node_dead = dead_outputs != 0 && plan_.instructions[task.instruction].num_outputs == 1;
    publish(*task.frame, *task.iteration, task.instruction, dead_outputs, node_dead);
    end(task);
  }

  // Frees the values that nobody else will read.
  void consume_inputs(const Task& task) {
    const Instruction& in = plan_.instructions[task.instruction];
    Iteration& iteration = *task.iteration;
    const int32_t* const values = info_.input_values.data() + in.first_input;
    for (int j = 0; j < in.num_inputs; ++j) consume(iteration, values[j]);
  }

  static void consume(Iteration& iteration, int32_t value) {
    if (value < 0 || iteration.slots[value].arrival != Arrival::kLive) return;
    if (--iteration.slots[value].readers_left == 0) iteration.values[value] = Value();
  }

  // ---- switches, merges, and the borders of loops

  // Input `j` of the task, moved out when nobody else reads it.
  Value take(const Task& task, const Instruction& in, int j) {
    const int32_t value = info_.input_values[in.first_input + j];
    if (value < 0) return task.frame->constants[~value];
    Iteration& iteration = *task.iteration;
    if (iteration.slots[value].readers_left > 1) {
      --iteration.slots[value].readers_left;
      return iteration.values[value];
    }
    iteration.slots[value].readers_left = 0;
    return std::exchange(iteration.values[value], Value());
  }

  // The same as what the instruction gives: the tensor of a reference, where it gives no references.
  Value take_data(const Task& task, const Instruction& in, int j) {
    Value value = take(task, in, j);
    if (value.ref != nullptr && !is_ref(in.node->output_type(0))) value = Value{value.ref->tensor};
    return value;
  }

  Status check_initialized(const Task& task, const Instruction& in) const {
    for (int j = 0; j < in.num_inputs; ++j) {
      if (!is_live(task, in, j)) continue;
      const int32_t value = info_.input_values[in.first_input + j];
      const op::Variable* ref = (value < 0 ? task.frame->constants[~value] : task.iteration->values[value]).ref;
      if (ref != nullptr && !ref->tensor.valid()) return uninitialized(in, j);
    }
    return OkStatus();
  }

  Status trace_control(const Task& task, const ControlFlowInfo::Instr& info) {
    if (!tracer_.on()) [[likely]] return execute_control(task, info);
    // What it hands on is what it reads first.
    const Instruction& in = plan_.instructions[task.instruction];
    std::vector<Value> given;
    for (int j = 0; j < in.num_inputs && given.empty(); ++j) {
      const int32_t value = info_.input_values[in.first_input + j];
      if (is_live(task, in, j)) given.push_back(value < 0 ? task.frame->constants[~value] : task.iteration->values[value]);
    }
    const Tracer::Begin begin = Tracer::begin();
    const Status status = execute_control(task, info);
    if (status.ok()) tracer_.end_control(begin, task.instruction, given);
    return status;
  }

  Status execute_control(const Task& task, const ControlFlowInfo::Instr& info) {
    const Instruction& in = plan_.instructions[task.instruction];
    Iteration& iteration = *task.iteration;
    if (in.dereferences) RETURN_IF_ERROR(check_initialized(task, in));
    switch (info.kind) {
      case ControlKind::kSwitch: return execute_switch(task, in, info);
      case ControlKind::kMerge: return execute_merge(task, in, info);
      case ControlKind::kEnter: enter(task, info, take_data(task, in, 0), false); return OkStatus();
      case ControlKind::kNextIteration: next_iteration(task, take_data(task, in, 0)); return OkStatus();
      case ControlKind::kExit:
        task.frame->parent_iteration->values[info.first_value] = take_data(task, in, 0);
        publish(*task.frame->parent, *task.frame->parent_iteration, task.instruction, 0, false);
        return OkStatus();
      case ControlKind::kLoopCond:
        iteration.values[info.first_value] = take_data(task, in, 0);
        publish(*task.frame, iteration, task.instruction, 0, false);
        return OkStatus();
      default:  // a ControlTrigger
        publish(*task.frame, iteration, task.instruction, 0, false);
        return OkStatus();
    }
  }

  Status execute_switch(const Task& task, const Instruction& in, const ControlFlowInfo::Instr& info) {
    const Value pred = take(task, in, 1);
    if (pred.get().dtype() != DType::kBool || pred.get().rank() != 0) {
      return invalid_argument("The second input must be a scalar, but it has shape {}", pred.get().shape().str());
    }
    const int taken = pred.get().item<bool>() ? 1 : 0;
    task.iteration->values[info.first_value + taken] = take_data(task, in, 0);
    publish(*task.frame, *task.iteration, task.instruction, uint64_t{1} << (1 - taken), false);
    return OkStatus();
  }

  // Passes on the input that came first; another live one can only come in a graph that is wrong.
  Status execute_merge(const Task& task, const Instruction& in, const ControlFlowInfo::Instr& info) {
    int arrived = 0;
    while (arrived < in.num_inputs && !is_live(task, in, arrived)) ++arrived;
    if (arrived == in.num_inputs) return internal_error("Merge has no input");
    task.iteration->values[info.first_value] = take_data(task, in, arrived);
    if (info_.num_readers[in.first_output + 1] > 0) {
      task.iteration->values[info.first_value + 1].tensor = Tensor::scalar(static_cast<int32_t>(arrived));
    }
    publish(*task.frame, *task.iteration, task.instruction, 0, false);
    return OkStatus();
  }

  bool is_live(const Task& task, const Instruction& in, int j) const {
    const int32_t value = info_.input_values[in.first_input + j];
    if (value < 0) return task.frame->constant_arrivals[~value] == Arrival::kLive;
    return task.iteration->slots[value].arrival == Arrival::kLive;
  }

  void execute_dead(const Task& task, const ControlFlowInfo::Instr& info) {
    consume_inputs(task);
    if (info.kind == ControlKind::kEnter) {
      enter(task, info, Value(), true);
    } else if (info.kind == ControlKind::kExit) {
      if (task.iteration->number == task.frame->num_iterations - 1) task.frame->dead_exits.push_back(task.instruction);
    } else if (info.kind != ControlKind::kNextIteration) {
      publish(*task.frame, *task.iteration, task.instruction, ~uint64_t{0}, true);
    }
    end(task);
  }

  void enter(const Task& task, const ControlFlowInfo::Instr& info, Value value, bool dead) {
    const ControlFlowInfo::StaticFrame& entered = info_.frames[info.output_frame];
    const bool by_schedule = scheduled_ != nullptr && plan_.schedule->frames[info.output_frame].valid;
    std::unique_ptr<LoopFrame>& slot = task.iteration->children[entered.child_index];
    if (!slot) {
      std::string path = fmt::format("{};{};{}", task.frame->path, task.iteration->number, entered.name);
      slot = std::make_unique<LoopFrame>(info.output_frame, std::move(path), entered);
      slot->parent = task.frame;
      slot->parent_iteration = task.iteration;
      ++task.iteration->num_running_children;
      if (!by_schedule) begin_iteration(*slot);
    }
    LoopFrame& child = *slot;
    --child.enters_to_come;
    if (by_schedule) {
      child.deferred.push_back({task.instruction, std::move(value)});
      child.dead_enter |= dead;
      if (child.enters_to_come == 0) run_by_schedule(std::move(slot));
      return;
    }
    if (info.constant_enter) {
      child.constants[info.first_value] = std::move(value);
      child.constant_arrivals[info.first_value] = dead ? Arrival::kDead : Arrival::kLive;
      child.arrived_constants.push_back(task.instruction);
      for (auto& iteration : child.iterations) tell_all(child, *iteration, task.instruction, dead ? 1 : 0, dead);
    } else {
      Iteration& first = *child.iterations.front();
      first.values[info.first_value] = std::move(value);
      publish(child, first, task.instruction, dead ? 1 : 0, dead);
    }
    clean_up(&child);
  }

  // A loop from begin to end, when all that enters it is there.
  void run_by_schedule(std::unique_ptr<LoopFrame> loop) {
    Iteration& iteration = *loop->parent_iteration;
    --iteration.num_running_children;
    std::vector<ScheduledRun::Outside> entering;
    for (auto& [instruction, value] : loop->deferred) entering.push_back({instruction, std::move(value)});
    bool leaves = false;
    if (!loop->dead_enter) {
      if (const Status status = scheduled_->run_loop(loop->static_frame, std::move(entering), &leaves); !status.ok()) {
        return fail(status);
      }
    }
    for (const Schedule::Border& exit : plan_.schedule->frames[loop->static_frame].exits) {
      if (leaves) iteration.values[info_.instructions[exit.instruction].first_value] = scheduled_->leaving(exit);
      publish(*loop->parent, iteration, exit.instruction, leaves ? 0 : 1, !leaves);
    }
    if (!loop->dead_enter) scheduled_->end_loop(loop->static_frame);
  }

  void next_iteration(const Task& task, Value value) {
    LoopFrame& loop = *task.frame;
    const int64_t number = task.iteration->number + 1;
    if (number == loop.num_iterations) {
      if (static_cast<int>(loop.iterations.size()) >= static_frame(loop).parallel_iterations) {
        loop.deferred.push_back({task.instruction, std::move(value)});
        return;
      }
      begin_iteration(loop);
    }
    deliver_next(loop, *loop.iteration(number), task.instruction, std::move(value));
  }

  void deliver_next(LoopFrame& loop, Iteration& iteration, int instruction, Value value) {
    iteration.values[info_.instructions[instruction].first_value] = std::move(value);
    publish(loop, iteration, instruction, 0, false);
  }

  void begin_iteration(LoopFrame& loop) {
    auto& unused = unused_[loop.static_frame];
    if (unused.empty()) unused.push_back(std::make_unique<Iteration>(static_frame(loop)));
    loop.iterations.push_back(std::move(unused.back()));
    unused.pop_back();
    Iteration& iteration = *loop.iterations.back();
    iteration.begin(static_frame(loop), loop.num_iterations++);
    loop.dead_exits.clear();  // only the last iteration's count
    for (const int constant : loop.arrived_constants) {
      const bool dead = loop.constant_arrivals[info_.instructions[constant].first_value] == Arrival::kDead;
      tell_all(loop, iteration, constant, dead ? 1 : 0, dead);
    }
  }

  // ---- propagation

  // The outputs of an instruction are in their places in `iteration`, but for those of which a bit is set, which are
  // dead; tells their readers. node_dead: the instruction wasn't executed.
  void publish(LoopFrame& frame, Iteration& iteration, int instruction, uint64_t dead_outputs, bool node_dead) {
    const Instruction& in = plan_.instructions[instruction];
    const int first = info_.instructions[instruction].first_value;
    for (int i = 0; i < in.num_outputs; ++i) {
      const bool dead = is_dead(dead_outputs, i);
      const int readers = info_.num_readers[in.first_output + i];
      iteration.slots[first + i] = {readers, dead ? Arrival::kDead : Arrival::kLive};
      if (readers == 0 && !dead) iteration.values[first + i] = Value();
    }
    tell_all(frame, iteration, instruction, dead_outputs, node_dead);
  }

  static bool is_dead(uint64_t dead_outputs, int i) { return dead_outputs >> std::min(i, 63) & 1; }

  void tell_all(LoopFrame& frame, Iteration& iteration, int instruction, uint64_t dead_outputs, bool node_dead) {
    const ControlFlowInfo::Instr& info = info_.instructions[instruction];
    const ControlFlowInfo::Edge* edge = info_.edges.data() + info.first_edge;
    for (const ControlFlowInfo::Edge* const end = edge + info.num_edges; edge != end; ++edge) {
      // Control edges of an executed node are live, whatever its outputs are (Switch).
      const bool dead = edge->output < 0 ? node_dead : is_dead(dead_outputs, edge->output);
      const ControlFlowInfo::Instr& consumer = info_.instructions[edge->consumer];
      ControlFlowInfo::NodeState& node = iteration.nodes[consumer.local];
      if (consumer.kind == ControlKind::kMerge) {
        tell_merge(frame, iteration, *edge, dead, info.kind == ControlKind::kEnter);
        continue;
      }
      node.dead_inputs += dead;
      if (--node.pending == 0) {
        make_ready({edge->consumer, &frame, &iteration, node.dead_inputs > 0 && consumer.kind != ControlKind::kTrigger});
      }
    }
  }

  // Merge is ready when one live value is there, or all are dead (of a loop on a branch not taken: the Enter's), and all
  // control inputs have come.
  void tell_merge(LoopFrame& frame, Iteration& iteration, const ControlFlowInfo::Edge& edge, bool dead, bool from_enter) {
    const Instruction& in = plan_.instructions[edge.consumer];
    ControlFlowInfo::NodeState& node = iteration.nodes[info_.instructions[edge.consumer].local];
    if (edge.output < 0) {
      --node.pending;
    } else if (dead) {
      node.dead_inputs += from_enter ? in.num_inputs : 1;
    }
    if (node.pending != 0) return;  // waits, or has been started
    Task task{edge.consumer, &frame, &iteration, false};
    bool live = false;
    for (int j = 0; j < in.num_inputs && !live; ++j) live = is_live(task, in, j);
    if (!live && node.dead_inputs < in.num_inputs) return;
    task.dead = !live;
    node.pending = kStarted;
    make_ready(task);
  }

  // ---- the ends of iterations and loops

  void end(const Task& task) {
    if (--task.iteration->outstanding == 0) clean_up(task.frame);
  }

  void clean_up(LoopFrame* frame) {
    while (frame != nullptr && frame != &root_) {
      LoopFrame& loop = *frame;
      while (!loop.iterations.empty()) {
        Iteration& oldest = *loop.iterations.front();
        const bool more_to_come = oldest.number == 0 && loop.enters_to_come > 0;
        if (oldest.outstanding > 0 || oldest.num_running_children > 0 || more_to_come) return;
        // Another iteration may begin; what waits belongs to the one after the newest.
        if (!loop.deferred.empty()) {
          std::vector<LoopFrame::Deferred> deferred = std::exchange(loop.deferred, {});
          begin_iteration(loop);
          for (auto& d : deferred) deliver_next(loop, *loop.iterations.back(), d.instruction, std::move(d.value));
        }
        recycle(loop);
      }
      if (loop.enters_to_come > 0) return;
      frame = end_loop(loop);
    }
  }

  void recycle(LoopFrame& loop) {
    loop.iterations.front()->end();
    unused_[loop.static_frame].push_back(std::move(loop.iterations.front()));
    loop.iterations.pop_front();
  }

  LoopFrame* end_loop(LoopFrame& loop) {
    LoopFrame* const parent = loop.parent;
    Iteration& iteration = *loop.parent_iteration;
    const std::unique_ptr<LoopFrame> ended = std::move(iteration.children[static_frame(loop).child_index]);
    --iteration.num_running_children;
    for (const int exit : loop.dead_exits) publish(*parent, iteration, exit, 1, true);
    return parent;
  }

  Status collect_fetches() {
    Iteration& root = *root_.iterations.front();
    for (size_t i = 0; i < plan_.fetch_slots.size(); ++i) {
      const int value = info_.fetch_values[i];
      if (root.slots[value].arrival != Arrival::kLive) return invalid_argument("Retval[{}] does not have value", i);
      frame_.values[plan_.fetch_slots[i]] = root.values[value];
    }
    return OkStatus();
  }

  ScheduledRun* const scheduled_;
  const Plan& plan_;
  const ControlFlowInfo& info_;
  Frame& frame_;
  const RunControl& control_;
  Tracer tracer_;
  LoopFrame root_;
  ReadyQueue ready_;
  std::vector<Value*> inputs_;  // of the instruction that is being executed
  std::vector<std::vector<std::unique_ptr<Iteration>>> unused_;  // by static frame
  Status status_;
  Status stopped_;  // cancelled from outside
  AsyncKernels async_;
};

}  // namespace

Status run_dataflow(const Program& program, Frame& frame, const RunControl& control, RunMetadata* metadata) {
  const Plan& plan = program.plan();
  // Who is traced shows each node of each iteration.
  if (metadata != nullptr) return DataflowRun(program, frame, control, metadata, nullptr).run();
  if (!frame.scheduled) frame.scheduled = std::make_shared<ScheduledRun>(plan, frame);
  frame.scheduled->begin(control);
  if (!plan.schedule->frames[0].valid) return DataflowRun(program, frame, control, nullptr, frame.scheduled.get()).run();
  const Status status = frame.scheduled->run_root();
  if (!status.ok()) {
    frame.cancellation.cancel();
    frame.spoiled = true;
  }
  return status;
}

}  // namespace reflow::runtime
