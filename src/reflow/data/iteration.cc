#include "reflow/data/iteration.h"

#include <unistd.h>

#include <utility>

#include "reflow/base/interrupt.h"

namespace reflow::data {

Iteration::Iteration(const op::RunEnv& env) : functions_(env.functions->open_scope()) {}

void Iteration::note(op::FunctionRunner::Handle function) {
  const std::lock_guard lock(mutex_);
  noted_.insert(function);
}

std::string Iteration::stateful_op() const {
  std::set<op::FunctionRunner::Handle> noted;
  {
    const std::lock_guard lock(mutex_);
    noted = noted_;
  }
  for (const op::FunctionRunner::Handle function : noted) {
    if (std::string op = functions_->stateful_op(function); !op.empty()) return op;
  }
  return {};
}

Seeds Iteration::seeds_of(const Dataset& dataset, Seeds own) const {
  const auto replaced = replaced_.find(&dataset);
  return replaced == replaced_.end() ? own : replaced->second;
}

IteratorContext::IteratorContext(const op::RunEnv& env, std::shared_ptr<Iteration> iteration)
    : env_(env), iteration_(std::move(iteration)) {
  // A function's temporary resources end with its call.
  env_.rendezvous = nullptr;
  env_.step_resources = nullptr;
}

IteratorContext::IteratorContext(const IteratorContext& other, op::CancellationManager* cancellation)
    : env_(other.env_), iteration_(other.iteration_) {
  env_.cancellation = cancellation;
}

Status IteratorContext::check() const {
  if (env_.cancellation != nullptr && env_.cancellation->cancelled()) return cancelled("Iterator was cancelled");
  if (iteration_->functions().ending()) return cancelled("Session has been closed.");
  if (Interrupt::requested()) return cancelled("Run call was interrupted");
  const auto deadline = op::CallScope::current().deadline;
  if (deadline != std::chrono::steady_clock::time_point() && std::chrono::steady_clock::now() > deadline) {
    return deadline_exceeded("Timed out waiting for notification");
  }
  return OkStatus();
}

Background::Background(std::function<void()> wake)
    : state_(std::make_shared<State>()), wake_(state_->cancellation->next_token()), process_(getpid()) {
  state_->cancellation->add_callback(wake_, std::move(wake));
}

Status Background::start(const IteratorContext& c, std::function<void(IteratorContext& c)> body) {
  {
    const std::lock_guard lock(state_->mutex);
    ++state_->running;
  }
  auto context = std::make_shared<IteratorContext>(c, state_->cancellation.get());
  const bool started = c.iteration().functions().start(
      c.pool(), state_->cancellation, [state = state_, context, body = std::move(body)]() mutable {
        body(*context);
        // What the body holds goes before the owner believes that it has ended.
        body = nullptr;
        context.reset();
        const std::lock_guard lock(state->mutex);
        --state->running;
        state->ended.notify_all();
      });
  if (started) return OkStatus();
  const std::lock_guard lock(state_->mutex);
  --state_->running;
  return cancelled("Session has been closed.");
}

void Background::stop() {
  state_->cancellation->cancel();
  state_->cancellation->remove_callback(wake_);  // what it looks at is about to go
  if (process_ != getpid()) return;
  std::unique_lock lock(state_->mutex);
  state_->ended.wait(lock, [this] { return state_->running == 0; });
}

}  // namespace reflow::data
